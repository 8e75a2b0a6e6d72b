using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tests.Storage;
using AiFunctions.Gateway.Usage;

namespace AiFunctions.Gateway.Tests.Usage;

public sealed class UsageStoreTests
{
    private const int Days = 365;
    private static readonly DateOnly First = new(2030, 1, 1);
    private static readonly string[] Clients = ["_", "alpha", "alphabet", "beta"];

    private readonly InMemoryTable _table = new();
    private readonly UsageStore _store;

    public UsageStoreTests() => _store = new UsageStore(new TableStorage(_ => _table));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_year_of_all_clients_takes_a_query_or_two_for_each_thousand_rows()
    {
        await FillAsync(hours: 3);

        var rows = await _store.ReadAsync(First, First.AddDays(Days - 1), afterClient: null, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(Days * Clients.Length * 3, rows.Count);
        Assert.Equal(rows.Count, rows.Select(row => (row.PartitionKey, row.RowKey)).Distinct().Count());
        Assert.Equal(rows.Select(row => row.PartitionKey).Order(StringComparer.Ordinal), rows.Select(row => row.PartitionKey));
        Assert.InRange(_table.Queries, 1, 10);
    }

    [Fact]
    public async Task A_year_without_usage_takes_one_query()
    {
        Assert.Empty(await _store.ReadAsync(First, First.AddDays(Days - 1), afterClient: null, Cancellation).ToListAsync(Cancellation));
        Assert.Equal(1, _table.Queries);
    }

    [Fact]
    public async Task The_first_day_begins_after_a_client()
    {
        await FillAsync(hours: 1);

        var rows = await _store.ReadAsync(First, First.AddDays(1), "alpha", Cancellation).ToListAsync(Cancellation);

        Assert.Equal(["alphabet", "beta", "_", "alpha", "alphabet", "beta"], rows.Select(row => row.ClientId()));
        Assert.Equal(
            ["beta"],
            await _store.ReadAsync(First, First, "alphabet", Cancellation).Select(row => row.ClientId()).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_clients_day_is_its_own()
    {
        await FillAsync(hours: 2);

        var rows = await _store.ReadAsync(First.AddDays(7), "alpha", Cancellation).ToListAsync(Cancellation);

        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Equal((First.AddDays(7), "alpha"), (row.Day(), row.ClientId())));
    }

    private async Task FillAsync(int hours)
    {
        for (var day = 0; day < Days; day++)
        {
            var midnight = First.AddDays(day).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            foreach (var client in Clients)
            {
                for (var hour = 0; hour < hours; hour++)
                {
                    await _store.StoreAsync(UsageEntity.For(midnight.AddHours(hour), client, "w"), Cancellation);
                }
            }
        }
    }
}
