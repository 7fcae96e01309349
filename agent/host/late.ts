import type * as http from 'node:http';
import type * as https from 'node:https';
import type * as tls from 'node:tls';

// Node's own modules that take ten megabytes together, loaded when a check first has to do with them: on many hosts none has.

export function lateTls(): typeof tls {
  return process.getBuiltinModule('node:tls');
}

export function lateHttp(): typeof http {
  return process.getBuiltinModule('node:http');
}

export function lateHttps(): typeof https {
  return process.getBuiltinModule('node:https');
}
