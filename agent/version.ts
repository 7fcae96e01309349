import manifest from '../package.json' with { type: 'json' };

/** The version that reports and metrics name. */
export const agentVersion: string = manifest.version;
