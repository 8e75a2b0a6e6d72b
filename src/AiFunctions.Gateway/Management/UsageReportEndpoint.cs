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
    private const int DaysAtOnce = 8;

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
        for (var day = from; day <= to && days.Count < count; day = day.AddDays(1))
        {
            await ReadDayAsync(days, day, client: null, day == from ? afterClient : null, count, cancellationToken);
            if (day == DateOnly.MaxValue)
            {
                break;
            }
        }

        return days;
    }

    // One client has few rows a day: several days are read at once.
    private async Task<List<UsageDay>> ReadClientAsync(DateOnly from, DateOnly to, string client, int count, CancellationToken cancellationToken)
    {
        var days = new List<UsageDay>();
        for (var first = from.DayNumber; first <= to.DayNumber && days.Count < count; first += DaysAtOnce)
        {
            var batch = await Task.WhenAll(Enumerable.Range(first, Math.Min(DaysAtOnce, to.DayNumber - first + 1)).Select(async number =>
            {
                var one = new List<UsageDay>();
                await ReadDayAsync(one, DateOnly.FromDayNumber(number), client, afterClient: null, count, cancellationToken);
                return one;
            }));
            days.AddRange(batch.SelectMany(one => one));
        }

        return days.Count > count ? days[..count] : days;
    }

    private async Task ReadDayAsync(List<UsageDay> days, DateOnly day, string? client, string? afterClient, int count, CancellationToken cancellationToken)
    {
        await foreach (var row in store.ReadAsync(day, client, afterClient, cancellationToken))
        {
            var owner = row.ClientId();
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
