@export()
@description('Tags of a resource by name.')
type Tags = {
  *: string
}

@export()
@description('App settings by name.')
type Settings = {
  *: string
}
