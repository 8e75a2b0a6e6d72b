// Rules that look at the logs every five minutes; each fires when its query returns a row.

import { Tags } from 'types.bicep'

param token string
param location string
param tags Tags
param workspaceId string

@description('Empty: rules fire, but tell nobody.')
param email string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'aifunctions'
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var rules = [
  {
    name: 'anomaly-found'
    title: 'AiFunctions: a client behaves unusually'
    text: 'The anomaly scan found something. GET /manage/anomalies says what was seen and what was expected.'
    severity: 2
    window: 'PT10M'
    query: loadTextContent('../queries/alert-anomaly.kql')
  }
  {
    name: 'server-errors'
    title: 'AiFunctions: requests fail'
    text: 'At least 5 % of the requests were answered with a server error. The workbook shows which.'
    severity: 1
    window: 'PT15M'
    query: loadTextContent('../queries/alert-server-errors.kql')
  }
  {
    name: 'storage-failures'
    title: 'AiFunctions: storage cannot be reached'
    text: 'Requests were refused because the tables could not be reached.'
    severity: 1
    window: 'PT10M'
    query: loadTextContent('../queries/alert-storage.kql')
  }
  {
    name: 'job-failed'
    title: 'AiFunctions: a timed job failed'
    text: 'Key rotation or the anomaly scan failed. POST /manage/rotation/run and POST /manage/anomalies/scan run them again.'
    severity: 2
    window: 'PT10M'
    query: loadTextContent('../queries/alert-jobs.kql')
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${rule.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.text
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      autoMitigate: true
      // The tables appear with their first rows.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: empty(email) ? [] : [people.id] }
    }
  }
]
