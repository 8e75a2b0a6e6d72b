// One page over the workspace: traffic, rejections, tokens, latency, findings.

import { Tags } from 'types.bicep'

param location string
param tags Tags
param workspaceId string

var charts = [
  {
    name: 'traffic'
    title: 'Requests'
    visualization: 'areachart'
    query: loadTextContent('../queries/traffic.kql')
  }
  {
    name: 'rejections'
    title: 'Refused, by reason'
    visualization: 'table'
    query: loadTextContent('../queries/rejections.kql')
  }
  {
    name: 'tokens'
    title: 'Tokens, by client and model'
    visualization: 'table'
    query: loadTextContent('../queries/tokens.kql')
  }
  {
    name: 'latency'
    title: 'Latency in milliseconds'
    visualization: 'linechart'
    query: loadTextContent('../queries/latency.kql')
  }
  {
    name: 'findings'
    title: 'Findings of the anomaly scan'
    visualization: 'table'
    query: loadTextContent('../queries/findings.kql')
  }
]

var timeRange = {
  type: 9
  name: 'time range'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    parameters: [
      {
        id: guid('time range')
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time range'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: map(
            [3600000, 14400000, 86400000, 604800000, 2592000000],
            duration => { durationMs: duration }
          )
        }
      }
    ]
  }
}

var items = map(charts, chart => {
  type: 3
  name: chart.name
  content: {
    version: 'KqlItem/1.0'
    title: chart.title
    query: chart.query
    visualization: chart.visualization
    size: 0
    timeContextFromParameter: 'TimeRange'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
  }
})

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'gateway')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'AiFunctions gateway'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([timeRange], items)
      fallbackResourceIds: [workspaceId]
    })
  }
}
