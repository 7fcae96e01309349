/**
 * The account that handed in a message, by the record of Postfix or Exim that tells of it: who logged in for it (SMTP AUTH), or the
 * user whose program did (sendmail). Messages from elsewhere have none.
 */
export function senderIn(program: string, message: string): string | undefined {
  if (program.startsWith('postfix')) return postfixSender(program, message);
  return program === 'exim' ? eximSender(message) : undefined;
}

/** `3F1C2A: client=..., sasl_method=PLAIN, sasl_username=jan`, and of local programs `3F1C2A: uid=33 from=<www-data>`. */
function postfixSender(program: string, message: string): string | undefined {
  if (/\/(?:smtpd|submission\/smtpd|smtps\/smtpd|submissions\/smtpd)$/.test(program)) {
    return /^[0-9A-Za-z]+: client=\S+, .*\bsasl_username=(.+?)(?:, (?:sasl_sender|orig_\w+)=.*)?$/
      .exec(message)?.[1]
      ?.trim();
  }
  if (!program.endsWith('/pickup')) return undefined;
  const uid = /^[0-9A-Za-z]+: uid=(\d+) from=/.exec(message)?.[1];
  return uid === undefined ? undefined : `uid ${uid}`;
}

/** `1abCde-000001-2a <= jan@example.nl H=... P=esmtpsa A=plain:jan S=512`, and of local programs `U=www-data P=local`. */
function eximSender(message: string): string | undefined {
  const [, fields] = /^[0-9A-Za-z]+-[0-9A-Za-z]+-[0-9A-Za-z]+ <= \S+ (.*)$/.exec(message) ?? [];
  if (fields === undefined) return undefined;
  const login = /(?:^| )A=[\w-]+:(\S+)/.exec(fields)?.[1];
  if (login !== undefined) return login;
  const user = /(?:^| )U=(\S+)/.exec(fields)?.[1];
  return / P=local(?: |$)/.test(` ${fields}`) && user !== undefined ? `user ${user}` : undefined;
}
