/**
 * What must come out of the year, for a person to read: each row is the moment (UTC) at which something turned, and what it
 * turned to. Why it does stands in script.ts.
 */

/** Of the organisation: what the collector shows, each time that it changes. */
export const verdicts = `
2026-01-02T09:00  AN-alert-response        not-applicable  cases.none
2026-01-02T09:00  AN-alert-response.normal  not-applicable  cases.none
2026-01-02T09:00  CP-access-review.signed  unknown         attestation.none
2026-01-02T09:00  CP-disclosure            not-applicable  cases.none
2026-01-02T09:00  CP-incident-process      not-applicable  cases.none
2026-01-02T09:00  CP-certifications        unknown         register.none
2026-01-02T09:00  VX-measures-monitored    pass            reporting.heard
2026-01-02T09:00  VX-spot-checks           not-applicable  spot-checks.first
2026-01-05T10:10  CP-certifications        pass            register.stands
2026-01-06T09:00  CP-access-review.signed  unknown         attestation.awaits-approval
2026-01-07T09:00  CP-access-review.signed  pass            attestation.stands
2026-01-08T07:00  AN-alert-response.normal  not-applicable  cases.pending
2026-01-08T10:00  AN-alert-response.normal  pass            cases.in-time
2026-02-01T07:00  VX-spot-checks           not-applicable  spot-checks.awaits
2026-02-01T08:00  VX-spot-checks           not-applicable  spot-checks.open
2026-02-03T10:00  VX-spot-checks           pass            spot-checks.made
2026-03-12T07:00  VX-measures-monitored    fail            reporting.never
2026-03-13T09:00  VX-measures-monitored    pass            reporting.heard
2026-03-20T10:30  CP-disclosure            not-applicable  cases.pending
2026-03-23T10:00  CP-disclosure            pass            cases.in-time
2026-03-30T22:30  CP-disclosure            fail            cases.late
2026-04-08T07:00  CP-access-review.signed  fail            attestation.expired
2026-04-21T09:00  CP-access-review.signed  pass            attestation.stands
2026-04-25T10:30  CP-incident-process      not-applicable  cases.pending
2026-04-25T12:00  CP-incident-process      pass            cases.in-time
2026-04-27T13:00  CP-incident-process      fail            cases.late
2026-05-01T07:00  CP-disclosure            pass            cases.in-time
2026-05-04T22:30  AN-alert-response.normal  fail            cases.late
2026-05-19T09:30  CP-disclosure            fail            cases.late
2026-05-29T07:00  CP-incident-process      pass            cases.in-time
2026-06-05T07:00  AN-alert-response.normal  pass            cases.in-time
2026-06-20T07:00  CP-disclosure            pass            cases.in-time
2026-08-10T07:00  VX-measures-monitored    fail            reporting.silent
2026-08-17T07:00  VX-measures-monitored    pass            reporting.heard
2026-09-16T07:00  VX-spot-checks           fail            spot-checks.missing
2026-09-21T10:00  VX-spot-checks           fail            spot-checks.late spot-checks.missing
2026-09-21T10:00  VX-spot-checks           fail            spot-checks.late
2026-10-23T07:00  VX-spot-checks           pass            spot-checks.made
2026-10-25T20:30  CP-incident-process      fail            cases.late
2026-11-15T07:00  CP-certifications        fail            register.expired
2026-11-20T10:00  CP-certifications        pass            register.stands
2026-11-26T07:00  CP-incident-process      pass            cases.in-time
`;

/** What the desk is told by webhook. */
export const told = `
2026-01-08T07:00  The clock follows a chosen time source: web2.example.nl
2026-01-15T07:00  A waiver from “The clock follows a chosen time source” waits for approval (waiver-web2)
2026-03-11T07:00  spare1.example.nl: expected, and has never reported
2026-03-12T07:00  The measures are monitored: the organisation
2026-03-13T09:00  The measures are monitored: passes again
2026-03-23T07:00  vulnerability, urgent: “confirmed” is due by 23 Mar 2026, 23:00 UTC (case-long)
2026-03-25T07:00  vulnerability, urgent: “judged” is due by 25 Mar 2026, 23:00 UTC (case-long)
2026-03-26T07:00  The attestation of “Access rights were reviewed” ends on 8 Apr 2026, 00:00 UTC
2026-03-30T07:00  vulnerability, urgent: “confirmed” is due by 30 Mar 2026, 22:00 UTC (case-short)
2026-03-30T22:30  Reports of vulnerabilities are handled in time: the organisation
2026-04-08T07:00  Access rights were reviewed: the organisation
2026-04-21T09:00  Access rights were reviewed: passes again
2026-04-24T07:00  The clock follows a chosen time source: web1.example.nl
2026-04-26T07:00  incident, urgent: “customers told” is due by 26 Apr 2026, 10:00 UTC (case-23-hours)
2026-04-27T07:00  incident, urgent: “customers told” is due by 27 Apr 2026, 12:00 UTC (case-25-hours)
2026-04-27T13:00  Incidents follow a written process: the organisation
2026-04-29T07:00  finding, normal: “examined” is due by 29 Apr 2026, 22:00 UTC (case-…)
2026-04-30T07:00  The clock follows a chosen time source: db1.example.nl
2026-04-30T07:00  The clock follows a chosen time source: web1.example.nl: passes again
2026-05-01T07:00  Reports of vulnerabilities are handled in time: passes again
2026-05-04T07:00  finding, normal: “examined” is due by 4 May 2026, 22:00 UTC (case-…)
2026-05-04T22:30  Other messages are examined within two working days: the organisation
2026-05-05T07:00  The clock follows a chosen time source: db1.example.nl: passes again
2026-05-17T07:00  vulnerability, urgent: “solved” is due by 19 May 2026, 09:00 UTC (case-long)
2026-05-19T09:30  Reports of vulnerabilities are handled in time: the organisation
2026-05-29T07:00  Incidents follow a written process: passes again
2026-06-05T07:00  Other messages are examined within two working days: passes again
2026-06-18T07:00  The waiver from “The clock follows a chosen time source” ends on 1 Jul 2026, 00:00 UTC (waiver-web2)
2026-06-20T07:00  Reports of vulnerabilities are handled in time: passes again
2026-07-01T07:00  Server passwords changed twice a year and after departures: web1.example.nl
2026-07-01T07:00  The clock follows a chosen time source: web2.example.nl
2026-07-02T07:00  The waiver from “The clock follows a chosen time source” ended on 1 Jul 2026, 00:00 UTC (waiver-web2)
2026-07-06T07:00  The clock follows a chosen time source: web2.example.nl: passes again
2026-07-08T07:00  The attestation of “Access rights were reviewed” ends on 21 Jul 2026, 00:00 UTC
2026-07-09T07:00  Server passwords changed twice a year and after departures: web1.example.nl: passes again
2026-08-10T10:00  The measures are monitored: the organisation
2026-08-10T10:00  db1.example.nl: no report since 9 Aug 2026, 07:00 UTC, so nothing there counts as passing
2026-08-17T07:00  The measures are monitored: passes again
2026-08-17T07:00  db1.example.nl: reports again
2026-09-16T07:00  Compliance is checked at random: the organisation
2026-09-17T07:00  The certificate iso27001 ends on 15 Nov 2026, 00:00 UTC
2026-10-02T07:00  The attestation of “Access rights were reviewed” ends on 15 Oct 2026, 00:00 UTC
2026-10-23T07:00  Compliance is checked at random: passes again
2026-10-25T19:00  incident, urgent: “customers told” is due by 25 Oct 2026, 20:00 UTC (case-autumn)
2026-10-25T20:30  Incidents follow a written process: the organisation
2026-11-15T07:00  The certificates ISO 27001 and 27017 are valid: the organisation
2026-11-16T07:00  The certificate iso27001 ended on 15 Nov 2026, 00:00 UTC
2026-11-20T10:00  The certificates ISO 27001 and 27017 are valid: passes again
2026-11-21T07:00  The clock follows a chosen time source: db1.example.nl
2026-11-25T07:00  A waiver from “The clock follows a chosen time source” waits for approval (waiver-db1)
2026-11-26T07:00  Incidents follow a written process: passes again
2026-12-28T07:00  The attestation of “Access rights were reviewed” ends on 10 Jan 2027, 00:00 UTC
`;

/** What the board is told by mail, in Dutch: a message for each line with a star. */
export const mailed = `
* De maatregelen worden bewaakt (voxio VX-measures-monitored, kritiek)
    de organisatie: spare1.example.nl: hoort te rapporteren sinds 10 mrt 2026, 09:00 UTC, en er is niets gekomen; dat moest binnen 1 dag
* De maatregelen worden bewaakt (voxio VX-measures-monitored, kritiek)
    voldoet weer
* Meldingen van kwetsbaarheden worden op tijd behandeld (cloud-provider CP-disclosure, kritiek)
    de organisatie: case-short: bevestigd moest gebeurd zijn voor 30 mrt 2026, 22:00 UTC, 1 werkdag na 27 mrt 2026, 14:00 UTC, en is gedaan op 30 mrt 2026, 22:30 UTC
* Incidenten volgen een vast proces (cloud-provider CP-incident-process, kritiek)
    de organisatie: case-25-hours: klanten ingelicht moest gebeurd zijn voor 27 apr 2026, 12:00 UTC, 24 uur na 26 apr 2026, 12:00 UTC, en is gedaan op 27 apr 2026, 13:00 UTC
* Meldingen van kwetsbaarheden worden op tijd behandeld (cloud-provider CP-disclosure, kritiek)
    voldoet weer
* Meldingen van kwetsbaarheden worden op tijd behandeld (cloud-provider CP-disclosure, kritiek)
    de organisatie: case-long: opgelost moest gebeurd zijn voor 19 mei 2026, 09:00 UTC, 60 dagen na 20 mrt 2026, 10:00 UTC, en is gedaan op 19 mei 2026, 09:30 UTC
* Incidenten volgen een vast proces (cloud-provider CP-incident-process, kritiek)
    voldoet weer
* Meldingen van kwetsbaarheden worden op tijd behandeld (cloud-provider CP-disclosure, kritiek)
    voldoet weer
* De maatregelen worden bewaakt (voxio VX-measures-monitored, kritiek)
    de organisatie: db1.example.nl: rapporteerde het laatst op 9 aug 2026, 07:00 UTC; dat moet eens per 1 dag
* De maatregelen worden bewaakt (voxio VX-measures-monitored, kritiek)
    voldoet weer
* Incidenten volgen een vast proces (cloud-provider CP-incident-process, kritiek)
    de organisatie: case-autumn: klanten ingelicht moest gebeurd zijn voor 25 okt 2026, 20:00 UTC, 24 uur na 24 okt 2026, 20:00 UTC, en is gedaan op 25 okt 2026, 20:30 UTC
* De certificaten ISO 27001 en 27017 zijn geldig (cloud-provider CP-certifications, kritiek)
    de organisatie: iso27001: het laatste certificaat gold tot 15 nov 2026, 00:00 UTC
* De certificaten ISO 27001 en 27017 zijn geldig (cloud-provider CP-certifications, kritiek)
    voldoet weer
* Incidenten volgen een vast proces (cloud-provider CP-incident-process, kritiek)
    voldoet weer
`;

/** Of the report over the whole year: from when on each control stood how. */
export const reported = `
AN-server-password-rotation  db1           2026-01-01T00:00  collector-gap
AN-server-password-rotation  db1           2026-01-01T07:00  pass
AN-server-password-rotation  db1           2026-08-10T08:00  silent
AN-server-password-rotation  db1           2026-08-10T10:00  collector-gap
AN-server-password-rotation  db1           2026-08-17T07:00  pass
AN-server-password-rotation  web1          2026-01-01T00:00  collector-gap
AN-server-password-rotation  web1          2026-01-01T07:00  pass
AN-server-password-rotation  web1          2026-07-01T07:00  fail
AN-server-password-rotation  web1          2026-07-09T07:00  pass
AN-server-password-rotation  web2          2026-01-01T00:00  collector-gap
AN-server-password-rotation  web2          2026-01-01T07:00  pass
AN-alert-response            organisation  2026-01-01T00:00  not-asked
AN-alert-response            organisation  2026-01-02T09:00  not-applicable
AN-alert-response.normal     organisation  2026-01-01T00:00  not-asked
AN-alert-response.normal     organisation  2026-01-02T09:00  not-applicable
AN-alert-response.normal     organisation  2026-01-08T10:00  pass
AN-alert-response.normal     organisation  2026-05-04T22:00  fail
AN-alert-response.normal     organisation  2026-06-04T22:30  pass
CP-time-sync                 db1           2026-01-01T00:00  collector-gap
CP-time-sync                 db1           2026-01-01T07:00  pass
CP-time-sync                 db1           2026-04-30T07:00  fail
CP-time-sync                 db1           2026-05-05T07:00  pass
CP-time-sync                 db1           2026-08-10T08:00  silent
CP-time-sync                 db1           2026-08-10T10:00  collector-gap
CP-time-sync                 db1           2026-08-17T07:00  pass
CP-time-sync                 db1           2026-11-21T07:00  fail
CP-time-sync                 web1          2026-01-01T00:00  collector-gap
CP-time-sync                 web1          2026-01-01T07:00  pass
CP-time-sync                 web1          2026-04-24T07:00  fail
CP-time-sync                 web1          2026-04-30T07:00  pass
CP-time-sync                 web2          2026-01-01T00:00  collector-gap
CP-time-sync                 web2          2026-01-01T07:00  pass
CP-time-sync                 web2          2026-01-08T07:00  fail
CP-time-sync                 web2          2026-07-06T07:00  pass
CP-access-review.signed      organisation  2026-01-01T00:00  not-asked
CP-access-review.signed      organisation  2026-01-02T09:00  unknown
CP-access-review.signed      organisation  2026-01-07T09:00  pass
CP-access-review.signed      organisation  2026-04-08T00:00  fail
CP-access-review.signed      organisation  2026-04-21T09:00  pass
CP-disclosure                organisation  2026-01-01T00:00  not-asked
CP-disclosure                organisation  2026-01-02T09:00  not-applicable
CP-disclosure                organisation  2026-03-23T10:00  pass
CP-disclosure                organisation  2026-03-30T22:00  fail
CP-disclosure                organisation  2026-04-30T22:30  pass
CP-disclosure                organisation  2026-05-19T09:00  fail
CP-disclosure                organisation  2026-06-19T09:30  pass
CP-incident-process          organisation  2026-01-01T00:00  not-asked
CP-incident-process          organisation  2026-01-02T09:00  not-applicable
CP-incident-process          organisation  2026-04-25T12:00  pass
CP-incident-process          organisation  2026-04-27T12:00  fail
CP-incident-process          organisation  2026-05-28T13:00  pass
CP-incident-process          organisation  2026-10-25T20:00  fail
CP-incident-process          organisation  2026-11-25T20:30  pass
CP-certifications            organisation  2026-01-01T00:00  not-asked
CP-certifications            organisation  2026-01-02T09:00  unknown
CP-certifications            organisation  2026-01-05T10:10  pass
CP-certifications            organisation  2026-11-15T00:00  fail
CP-certifications            organisation  2026-11-20T10:00  pass
VX-measures-monitored        organisation  2026-01-01T00:00  not-asked
VX-measures-monitored        organisation  2026-01-02T09:00  pass
VX-measures-monitored        organisation  2026-03-11T09:00  fail
VX-measures-monitored        organisation  2026-03-13T09:00  pass
VX-measures-monitored        organisation  2026-08-10T07:00  fail
VX-measures-monitored        organisation  2026-08-17T07:00  pass
VX-spot-checks               organisation  2026-01-01T00:00  not-asked
VX-spot-checks               organisation  2026-01-02T09:00  not-applicable
VX-spot-checks               organisation  2026-02-03T10:00  pass
VX-spot-checks               organisation  2026-09-15T22:00  fail
VX-spot-checks               organisation  2026-10-22T10:01  pass
`;
