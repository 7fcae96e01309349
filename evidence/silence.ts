/** A collector writes an entry at least this often: a heartbeat, where nothing else happened. */
export const heartbeatSeconds = 600;

/**
 * Two entries stand no further apart than this, unless a gap accounts for the time between them: a collector that finds
 * its newest entry older writes one before anything else. Twice a heartbeat, so that one that is late is no gap.
 */
export const longestSilenceSeconds = 2 * heartbeatSeconds;
