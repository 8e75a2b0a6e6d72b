using System.Globalization;
using System.Net;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;
using Azure.Data.Tables;

namespace AiFunctions.EndToEnd;

/// <summary>Operators' reports and clients' requests ask the same storage.</summary>
public abstract class ReportTests(AzuriteFixture azurite)
{
    private const int Days = 366;
    private const int Reports = 12;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);
    private static readonly DateOnly First = new(2025, 1, 1);
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_years_reports_take_turns_and_clients_are_served_meanwhile()
    {
        var prefix = AzuriteFixture.NewTablePrefix();
        await using var host = await FrontDoors.StartAsync(new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = prefix,
            ["Usage__RetentionDays"] = "3650",
            ["Upstreams__0__Name"] = "simulator",
            ["Upstreams__0__Kind"] = "Simulator",
            ["Upstreams__0__Models__0"] = "simulator",
        });
        var key = await host.NewKeyAsync("enterprise");
        await FillAsync(azurite.Tables().GetTableClient(prefix + "Usage"));

        var range = string.Create(CultureInfo.InvariantCulture, $"from={First:yyyy-MM-dd}&to={First.AddDays(Days - 1):yyyy-MM-dd}&limit=100");
        var reports = Task.WhenAll(Enumerable.Range(0, Reports).Select(i => ReportAsync(host, i % 2 == 0 ? range : $"{range}&client_id=sparse")));
        do
        {
            using var served = await host.ChatAsync(key, "Hello");
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            await Task.Delay(Between, _cancelled); // within the client's limit
        }
        while (!reports.IsCompleted);

        // A busy machine may have some wait for too long; none is anything else.
        Assert.All(await reports, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{status}"));
        var all = await host.ManageAsync(HttpMethod.Get, $"/manage/usage?{range}", null, HttpStatusCode.OK);
        Assert.Equal(100, all.GetProperty("data").GetArrayLength());
        Assert.All(all.GetProperty("data").EnumerateArray(), day => Assert.Equal(3, day.GetProperty("requests").GetInt32()));
        var sparse = await host.ManageAsync(HttpMethod.Get, $"/manage/usage?{range}&client_id=sparse", null, HttpStatusCode.OK);
        Assert.Equal(13, sparse.GetProperty("data").GetArrayLength());
    }

    // Two clients every day, one once in 30 days: its report reads the whole year.
    private async Task FillAsync(TableClient table)
    {
        await table.CreateIfNotExistsAsync(_cancelled);
        for (var day = 0; day < Days; day++)
        {
            string[] clients = day % 30 == 0 ? ["daily", "other", "sparse"] : ["daily", "other"];
            var partition = First.AddDays(day).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            await table.SubmitTransactionAsync(
                from client in clients
                from hour in Enumerable.Range(0, 3)
                select new TableTransactionAction(
                    TableTransactionActionType.Add,
                    new TableEntity(partition, string.Create(CultureInfo.InvariantCulture, $"{client}-{hour:d2}-writer")) { ["Requests"] = 1L }),
                _cancelled);
        }
    }

    private async Task<HttpStatusCode> ReportAsync(FrontDoor host, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/manage/usage?{query}", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", host.ManagementKey);
        using var response = await host.Http.SendAsync(request, _cancelled);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Assert.Equal("concurrent_requests", JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)).GetProperty("error").GetProperty("code").GetString());
            Assert.NotNull(response.Headers.RetryAfter);
        }

        return response.StatusCode;
    }
}
