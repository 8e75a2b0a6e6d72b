// Analyses the queries that are given as files, against the tables of a workspace that they use. Prints a JSON line for each:
// its file, the columns that it gives, and what is wrong with it.
const { readFileSync } = require('node:fs');
const { basename } = require('node:path');

require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');

const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

// https://learn.microsoft.com/azure/azure-monitor/reference/tables/appevents and …/apptraces
const tables = {
  AppEvents: '(TimeGenerated: datetime, Name: string, OperationId: string, AppRoleName: string, Properties: dynamic, ItemCount: int)',
  AppTraces: '(TimeGenerated: datetime, Message: string, SeverityLevel: int, OperationId: string, AppRoleName: string, Properties: dynamic, ItemCount: int)',
};
const symbols = Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From(columns).WithName(name));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', symbols));

const list = (items) => Array.from({ length: items.Count }, (_, i) => items.getItem(i));

for (const file of process.argv.slice(2)) {
  const code = KustoCode.ParseAndAnalyze(readFileSync(file, 'utf8'), globals);
  console.log(JSON.stringify({
    file: basename(file),
    columns: list(code.ResultType?.Columns ?? { Count: 0 }).map((column) => column.Name),
    problems: list(code.GetDiagnostics()).map((problem) => `${problem.Severity} at ${problem.Start}: ${problem.Message}`),
  }));
}
