/**
 * A small client of TLS 1.0 to 1.2 that can be led astray: handshakes with RSA and ECDHE, AES-CBC, AES-GCM and 3DES.
 * It verifies no certificate and keeps no secret; it is for finding out what a server does, never for talking to one.
 */
export { converse, NoAnswer, type Channel, type Ending, type Heard } from './channel.ts';
export { rsaKeyOf } from './exchange.ts';
export { establish, greet, hail, type Established, type Greeted } from './handshake.ts';
export { clientHelloMessage, extensionTypes, message, messageTypes, type Wish } from './messages.ts';
export { CbcSealer, padding, sealerFor } from './protection.ts';
export { listen, listenOnce, type Reaction } from './reaction.ts';
export { recordTypes, Records } from './records.ts';
export { directionKeys } from './secrets.ts';
export { spokenSuites, suiteByNumber } from './suites.ts';
