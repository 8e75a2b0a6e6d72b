using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Usage;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>GET /manage/usage</c>: usage by day and client.</summary>
internal sealed class UsageReportEndpoint(UsageStore store, ClientStore clients, TimeProvider time)
{
    private const string DateFormat = "yyyy-MM-dd";
    private const int DefaultDays = 30;
    private const int MostDays = 366;

    public async Task GetAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var page = Paging.Read(query, position => UsageDay.TryParse(position, out _, out _));
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var to = ReadDay(query, "to") ?? today;
        var from = ReadDay(query, "from") ?? to.AddDays(-Math.Min(DefaultDays - 1, to.DayNumber));
        if (from > to || to.DayNumber - from.DayNumber >= MostDays)
        {
            throw RequestFields.Invalid("from", $"must be a day not after 'to' and at most {MostDays} days before it");
        }

        var client = ReadClient(query);
        string? afterClient = null;
        if (page.After is { } after && UsageDay.TryParse(after, out var day, out var last))
        {
            // The page goes on after the last one, as far as that is within what is asked for.
            (from, afterClient) = day < from ? (from, null)
                : client is null ? (day, last)
                : (DateOnly.FromDayNumber(Math.Min(day.DayNumber + 1, DateOnly.MaxValue.DayNumber)), null);
        }

        var days = client is null
            ? await ReadAllAsync(from, to, afterClient, page.Limit + 1, context.RequestAborted)
            : await ReadClientAsync(from, to, client, page.Limit + 1, context.RequestAborted);
        if (client is not null && days.Count == 0 && page.After is null && !ClientId.IsOfToken(client)
            && await clients.FindAsync(client, context.RequestAborted) is null)
        {
            throw new GatewayException(GatewayErrors.NotFound); // a deleted client is known by its usage
        }

        await page.WriteAsync(context, days, each => each.Position, Write);
    }

    private async Task<List<UsageDay>> ReadAllAsync(DateOnly from, DateOnly to, string? afterClient, int count, CancellationToken cancellationToken)
    {
        var days = new List<UsageDay>();
        await AddAsync(days, store.ReadAsync(from, to, afterClient, cancellationToken), count);
        return days;
    }

    // One day after another: a storage that is asked for many at once has no time for clients.
    private async Task<List<UsageDay>> ReadClientAsync(DateOnly from, DateOnly to, string client, int count, CancellationToken cancellationToken)
    {
        var days = new List<UsageDay>();
        for (var day = from.DayNumber; day <= to.DayNumber && days.Count < count; day++)
        {
            await AddAsync(days, store.ReadAsync(DateOnly.FromDayNumber(day), client, cancellationToken), count);
        }

        return days;
    }

    private static async Task AddAsync(List<UsageDay> days, IAsyncEnumerable<UsageEntity> rows, int count)
    {
        await foreach (var row in rows)
        {
            var (day, owner) = (row.Day(), row.ClientId());
            if (days.Count == 0 || days[^1].Day != day || days[^1].Client != owner)
            {
                if (days.Count == count)
                {
                    return;
                }

                days.Add(new UsageDay(day, owner, new UsageCounts()));
            }

            days[^1].Counts.Add(row);
        }
    }

    private static DateOnly? ReadDay(IQueryCollection query, string name) =>
        !query.TryGetValue(name, out var given) ? null
        : DateOnly.TryParseExact(given, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw RequestFields.Invalid(name, "must be a day (UTC) such as 2026-01-31");

    private static string? ReadClient(IQueryCollection query) =>
        !query.TryGetValue("client_id", out var given) ? null
        : ClientId.IsWellFormed(given) ? given.ToString()
        : throw RequestFields.Invalid("client_id", "must be a client's id");

    private static void Write(Utf8JsonWriter writer, UsageDay day)
    {
        writer.WriteStartObject();
        writer.WriteString("date"u8, day.Day.ToString(DateFormat, CultureInfo.InvariantCulture));
        writer.WriteString("client_id"u8, day.Client == UsageEntity.Anonymous ? null : day.Client);
        writer.WriteNumber("requests"u8, day.Counts.Requests);
        writer.WriteNumber("input_tokens"u8, day.Counts.InputTokens);
        writer.WriteNumber("output_tokens"u8, day.Counts.OutputTokens);
        writer.WriteNumber("errors"u8, day.Counts.Errors);
        writer.WriteStartObject("rejections"u8);
        foreach (var (code, count) in day.Counts.Rejections)
        {
            writer.WriteNumber(code, count);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
