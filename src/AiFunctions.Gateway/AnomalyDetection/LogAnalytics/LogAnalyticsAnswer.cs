using System.Text.Json;
using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.LogAnalytics;

/// <summary>Reads the service's answer: tables of columns and rows, by the columns' names.</summary>
/// <remarks>
/// Format: https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format. Values of type dynamic come as text. A query that failed in part is
/// answered with 200, what there is, and an <c>error</c> of code <c>PartialError</c>.
/// </remarks>
internal static class LogAnalyticsAnswer
{
    private static readonly string[] SeriesColumns =
    [
        "requests", "peak_requests", "peak_tokens", "client_errors", "server_errors", "peak_refusals", "log_bytes", "squared_log_bytes",
    ];

    /// <summary>Reads an answer.</summary>
    /// <exception cref="ActivityUnavailableException">It is none, or says that the query failed.</exception>
    public static ActivityReading Read(JsonElement answer, ActivityPeriod period)
    {
        try
        {
            var isComplete = true;
            if (answer.TryGetProperty("error"u8, out var error))
            {
                isComplete = error.ValueKind == JsonValueKind.Null;
                if (!isComplete && !error.GetProperty("code"u8).ValueEquals("PartialError"u8))
                {
                    throw new ActivityUnavailableException("Log Analytics could not run the query.");
                }
            }

            var table = answer.GetProperty("tables"u8)[0];
            var columns = table.GetProperty("columns"u8).EnumerateArray().Select((column, i) => (Name: column.GetProperty("name"u8).GetString()!, i))
                .ToDictionary(column => column.Name, column => column.i, StringComparer.Ordinal);
            var clients = table.GetProperty("rows"u8).EnumerateArray().Select(row => ReadClient(new Row(columns, row), period)).ToList();
            return new ActivityReading(clients, isComplete);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or FormatException or JsonException)
        {
            throw new ActivityUnavailableException("Log Analytics gave an answer that is not what was asked for.", e);
        }
    }

    private static ClientActivity ReadClient(Row row, ActivityPeriod period)
    {
        var length = (int)(period.RecentFrom - period.HistoryFrom).TotalHours;
        var history = new ClientHistory(period.HistoryFrom, [.. SeriesColumns.Select(column => row.Numbers(column, length))]);
        using var lately = row.Dynamic("mix_lately");
        using var before = row.Dynamic("mix_before");
        AddMix(lately.RootElement, history.LatelyOperations, history.LatelyModels);
        AddMix(lately.RootElement, history.Operations, history.Models);
        AddMix(before.RootElement, history.Operations, history.Models);

        using var recent = row.Dynamic("recent");
        var slices = recent.RootElement.EnumerateArray().Select(ReadSlice).OrderBy(slice => slice.Start).ToList();
        return new ClientActivity(row.Text("client_id"), history, slices);
    }

    private static ActivitySlice ReadSlice(JsonElement slice)
    {
        var counts = new ActivityCounts
        {
            Requests = Whole(slice, "requests"u8),
            Tokens = Whole(slice, "tokens"u8),
            ClientErrors = Whole(slice, "client_errors"u8),
            ServerErrors = Whole(slice, "server_errors"u8),
            Refusals = Whole(slice, "refusals"u8),
            LogBytes = slice.GetProperty("log_bytes"u8).GetDouble(),
            SquaredLogBytes = slice.GetProperty("squared_log_bytes"u8).GetDouble(),
        };
        AddMix(slice.TryGetProperty("mix"u8, out var mix) ? mix : default, counts.Operations, counts.Models);
        return new ActivitySlice(slice.GetProperty("start"u8).GetDateTimeOffset().ToUniversalTime(), counts);
    }

    private static long Whole(JsonElement slice, ReadOnlySpan<byte> name) => (long)slice.GetProperty(name).GetDouble();

    private static void AddMix(JsonElement bag, ActivityMix operations, ActivityMix models)
    {
        if (bag.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var value in bag.EnumerateObject())
        {
            (value.Name.StartsWith('o') ? operations : models).Add(ActivityMix.KeyOf(value.Name), (long)value.Value.GetDouble());
        }
    }

    private readonly record struct Row(Dictionary<string, int> Columns, JsonElement Cells)
    {
        public string Text(string column) => Cells[Columns[column]].GetString() ?? "";

        /// <summary>A dynamic value, which comes as text; null for none.</summary>
        public JsonDocument Dynamic(string column)
        {
            var cell = Cells[Columns[column]];
            return JsonDocument.Parse(cell.ValueKind switch
            {
                JsonValueKind.String when cell.GetString() is { Length: > 0 } text => text,
                JsonValueKind.String or JsonValueKind.Null => "null",
                _ => cell.GetRawText(),
            });
        }

        /// <summary>A series; zeros for a client without a past.</summary>
        public float[] Numbers(string column, int length)
        {
            var numbers = new float[length];
            using var values = Dynamic(column);
            if (values.RootElement.ValueKind == JsonValueKind.Array)
            {
                var i = 0;
                foreach (var value in values.RootElement.EnumerateArray())
                {
                    if (i < length)
                    {
                        numbers[i++] = value.ValueKind == JsonValueKind.Number ? value.GetSingle() : 0;
                    }
                }
            }

            return numbers;
        }
    }
}
