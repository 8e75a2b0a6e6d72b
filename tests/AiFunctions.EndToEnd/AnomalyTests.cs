using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;
using Azure.Data.Tables;

namespace AiFunctions.EndToEnd;

/// <summary>The anomaly scan by way of the management API, over activity that stands in the table as instances write it.</summary>
public abstract class AnomalyTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly string _prefix = AzuriteFixture.NewTablePrefix();
    private FrontDoor _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await FrontDoors.StartAsync(new Dictionary<string, string?>
    {
        ["Storage__ConnectionString"] = azurite.ConnectionString,
        ["Storage__TablePrefix"] = _prefix,
        ["AnomalyDetection__AutoBlock"] = "true",
    });

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_scan_finds_stores_reports_and_blocks()
    {
        var quiet = await _host.CreateClientAsync("quiet", "free");
        var probing = await _host.CreateClientAsync("probing", "free");
        var (quietKey, probingKey) = (await _host.IssueKeyAsync(quiet), await _host.IssueKeyAsync(probing));
        await WriteSliceAsync($"""[["{quiet}",100,5000,1,0,1,500.0,2600.0,{"{}"},{"{}"}],["{probing}",100,5000,0,0,90,500.0,2600.0,{"{}"},{"{}"}]]""");

        var report = await _host.ManageAsync(HttpMethod.Post, "/manage/anomalies/scan", null, HttpStatusCode.OK);

        Assert.Equal(2, report.GetProperty("clients").GetInt32());
        Assert.True(report.GetProperty("complete").GetBoolean());
        Assert.Equal((1, 1, 1), (report.GetProperty("anomalies").GetInt32(), report.GetProperty("reported").GetInt32(), report.GetProperty("blocked").GetInt32()));

        var anomaly = Assert.Single((await ListAsync("")).EnumerateArray());
        Assert.Equal((probing, "probing", "high", "refusals"), (Text(anomaly, "client_id"), Text(anomaly, "kind"), Text(anomaly, "severity"), Text(anomaly, "measure")));
        Assert.Equal((90.0, 8.0, 1), (anomaly.GetProperty("seen").GetDouble(), anomaly.GetProperty("threshold").GetDouble(), anomaly.GetProperty("count").GetInt32()));
        Assert.Contains("Anomaly Probing (High)", _host.Output, StringComparison.Ordinal);

        using var served = await _host.ChatAsync(quietKey, "Hello");
        using var refused = await _host.ChatAsync(probingKey, "Hello");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (served.StatusCode, refused.StatusCode));

        var again = await _host.ManageAsync(HttpMethod.Post, "/manage/anomalies/scan", null, HttpStatusCode.OK);
        Assert.Equal((1, 0, 0), (again.GetProperty("anomalies").GetInt32(), again.GetProperty("reported").GetInt32(), again.GetProperty("blocked").GetInt32()));
        Assert.Single((await ListAsync("")).EnumerateArray());
    }

    [Fact]
    public async Task Scans_at_once_make_one_row()
    {
        var client = await _host.CreateClientAsync("probing", "free");
        await WriteSliceAsync($"""[["{client}",100,5000,0,0,90,500.0,2600.0,{"{}"},{"{}"}]]""");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _host.ManageAsync(HttpMethod.Post, "/manage/anomalies/scan", null, HttpStatusCode.OK)));

        Assert.Single((await ListAsync("")).EnumerateArray());
    }

    [Fact]
    public async Task An_empty_deployment_has_no_anomalies()
    {
        var report = await _host.ManageAsync(HttpMethod.Post, "/manage/anomalies/scan", null, HttpStatusCode.OK);

        Assert.Equal(0, report.GetProperty("clients").GetInt32());
        Assert.Empty((await ListAsync("")).EnumerateArray());
    }

    [Fact]
    public async Task Lists_take_times_and_pages()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            var client = await _host.CreateClientAsync(name, "free");
            await WriteSliceAsync($"""[["{client}",100,5000,0,0,20,500.0,2600.0,{"{}"},{"{}"}]]""", name);
        }

        await _host.ManageAsync(HttpMethod.Post, "/manage/anomalies/scan", null, HttpStatusCode.OK);

        var first = await _host.ManageAsync(HttpMethod.Get, "/manage/anomalies?limit=2", null, HttpStatusCode.OK);
        var second = await _host.ManageAsync(HttpMethod.Get, "/manage/anomalies?limit=2&cursor=" + Text(first, "next_cursor"), null, HttpStatusCode.OK);
        Assert.Equal((2, 1), (first.GetProperty("data").GetArrayLength(), second.GetProperty("data").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);

        var today = DateTimeOffset.UtcNow;
        Assert.Equal(3, (await ListAsync($"?from={Day(today.AddDays(-1))}&to={Day(today.AddDays(1))}")).GetArrayLength());
        Assert.Equal(3, (await ListAsync($"?from={today.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}")).GetArrayLength());
        Assert.Equal(0, (await ListAsync($"?from={Day(today.AddDays(1))}")).GetArrayLength());
        Assert.Equal(0, (await ListAsync($"?to={Day(today.AddDays(-1))}")).GetArrayLength());
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=", "from")]
    [InlineData("from=0001-01-01", "from")]
    [InlineData("to=2026-02-30", "to")]
    [InlineData("to=9999-12-31T23:59:59.9999999-14:00", "to")]
    [InlineData("from=2026-01-02&to=2026-01-02", "to")]
    [InlineData("from=2026-01-02&from=2026-01-03", "from")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("cursor=!", "cursor")]
    public async Task A_bad_parameter_is_named(string query, string param)
    {
        var answer = await _host.ManageAsync(HttpMethod.Get, "/manage/anomalies?" + query, null, HttpStatusCode.BadRequest);

        Assert.Equal(("invalid_request", param), (Text(answer.GetProperty("error"), "code"), Text(answer.GetProperty("error"), "param")));
    }

    [Fact]
    public async Task The_ends_of_time_are_fine() =>
        Assert.Equal(0, (await ListAsync("?from=1970-01-01&to=9999-12-31T23:59:59.9999999Z")).GetArrayLength());

    [Fact]
    public async Task A_stranger_is_refused()
    {
        using var list = await _host.Http.GetAsync(new Uri("/manage/anomalies", UriKind.Relative), Cancellation);
        using var scan = await _host.Http.PostAsync(new Uri("/manage/anomalies/scan", UriKind.Relative), null, Cancellation);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (list.StatusCode, scan.StatusCode));
    }

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();

    private async Task<JsonElement> ListAsync(string query) =>
        (await _host.ManageAsync(HttpMethod.Get, "/manage/anomalies" + query, null, HttpStatusCode.OK)).GetProperty("data");

    // The last slice but one, as another instance writes it: docs/anomaly-detection.md has the form.
    private async Task WriteSliceAsync(string clients, string instance = "other")
    {
        var table = azurite.Tables().GetTableClient(_prefix + "Activity");
        await table.CreateIfNotExistsAsync(Cancellation);
        var now = DateTimeOffset.UtcNow.AddMinutes(-5);
        var row = new TableEntity(now.ToString("'s-'yyyyMMddHH", CultureInfo.InvariantCulture), $"{now.Minute / 5 * 5:00}-{instance}-000")
        {
            ["Data"] = Encoding.UTF8.GetBytes(clients),
        };
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, Cancellation);
    }
}
