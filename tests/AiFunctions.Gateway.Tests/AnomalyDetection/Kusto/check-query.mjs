// Parses and binds a query against the schema of AppEvents, and prints its diagnostics and the columns of its result as JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');

const { Language } = globalThis.Kusto;
// https://learn.microsoft.com/azure/azure-monitor/reference/tables/appevents
const table = Language.Symbols.TableSymbol.From(
  '(TimeGenerated: datetime, Name: string, Properties: dynamic, Measurements: dynamic, ItemCount: int, OperationId: string, OperationName: string, '
  + 'AppRoleName: string, AppRoleInstance: string, ClientIP: string, ResourceGUID: string, SDKVersion: string, TenantId: string, Type: string, _ResourceId: string)')
  .WithName('AppEvents');
const globals = Language.GlobalState.Default.WithDatabase(new Language.Symbols.DatabaseSymbol.$ctor1('workspace', [table]));
const code = Language.KustoCode.ParseAndAnalyze(readFileSync(process.argv[2], 'utf8'), globals);
const list = (bridge) => Array.from({ length: bridge.Count }, (_, i) => bridge.getItem(i));
console.log(JSON.stringify({
  diagnostics: list(code.GetDiagnostics()).map((d) => `${d.Severity} ${d.Code} ${d.Message}`),
  columns: list(code.ResultType.Columns).map((c) => [c.Name, c.Type.Name]),
}));
