using AiFunctions.Gateway.Management;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Tests.Records;
using AiFunctions.Gateway.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Usage;

public sealed class UsageLedgerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 59, 0, TimeSpan.Zero));
    private readonly UsageLedger _ledger;

    public UsageLedgerTests() => _ledger = new UsageLedger(_time, NullLogger<UsageLedger>.Instance);

    [Fact]
    public void A_client_and_hour_make_one_row_with_all_its_counts()
    {
        _ledger.Add(SampleRecord.Of(input: 3, output: 4));
        _ledger.Add(SampleRecord.Of(input: 10, output: 20));
        _ledger.Add(SampleRecord.Of(status: 429, error: "requests_per_minute"));
        _ledger.Add(SampleRecord.Of(status: 429, error: "requests_per_minute"));
        _ledger.Add(SampleRecord.Of(status: 400, error: "invalid_json"));
        _ledger.Add(SampleRecord.Of(status: 502, error: "upstream_error"));
        _ledger.Add(SampleRecord.Of(status: 200, error: "upstream_error", end: RequestEnd.StreamError));

        var row = Assert.Single(_ledger.TakeChanges()).Entity;

        Assert.Equal("20260304", row.PartitionKey);
        Assert.StartsWith("alice-05-", row.RowKey, StringComparison.Ordinal);
        Assert.Equal("alice", row.ClientId());
        Assert.Equal((7, 13, 24, 2), (row.Requests, row.InputTokens, row.OutputTokens, row.Errors));
        Assert.Equal("invalid_json=1,requests_per_minute=2", row.Rejections);
    }

    [Fact]
    public void What_an_entity_says_adds_up_to_the_same_counts()
    {
        _ledger.Add(SampleRecord.Of(input: 3, output: 4));
        _ledger.Add(SampleRecord.Of(status: 429, error: "requests_per_minute"));
        var row = Assert.Single(_ledger.TakeChanges()).Entity;
        var counts = new UsageCounts();

        counts.Add(row);
        counts.Add(row);

        Assert.Equal((4, 6, 8, 0), (counts.Requests, counts.InputTokens, counts.OutputTokens, counts.Errors));
        Assert.Equal(2, counts.Rejections["requests_per_minute"]);
    }

    [Fact]
    public void A_row_is_written_again_as_a_whole_under_the_same_key_until_it_is_stored()
    {
        _ledger.Add(SampleRecord.Of());
        var first = Assert.Single(_ledger.TakeChanges());
        _ledger.Add(SampleRecord.Of());
        var second = Assert.Single(_ledger.TakeChanges());
        _ledger.Confirm(first); // not the newest state
        var third = Assert.Single(_ledger.TakeChanges());
        _ledger.Confirm(third);

        Assert.Empty(_ledger.TakeChanges());
        Assert.Equal(first.Entity.RowKey, third.Entity.RowKey);
        Assert.Equal((1, 2, 2), (first.Entity.Requests, second.Entity.Requests, third.Entity.Requests));
    }

    [Fact]
    public void A_page_that_was_forgotten_is_never_written_over()
    {
        _ledger.Add(SampleRecord.Of());
        var first = Assert.Single(_ledger.TakeChanges());
        _ledger.Confirm(first);
        _time.Advance(TimeSpan.FromMinutes(2));
        _ledger.ForgetPast();
        _time.AdjustTime(new DateTimeOffset(2026, 3, 4, 5, 59, 30, TimeSpan.Zero)); // the clock is put back
        _ledger.Add(SampleRecord.Of());

        Assert.NotEqual(first.Entity.RowKey, Assert.Single(_ledger.TakeChanges()).Entity.RowKey);
    }

    [Fact]
    public void Another_hour_makes_another_row_and_what_is_not_stored_is_not_forgotten()
    {
        _ledger.Add(SampleRecord.Of());
        _time.Advance(TimeSpan.FromMinutes(2));
        _ledger.Add(SampleRecord.Of());
        _ledger.ForgetPast();

        Assert.Equal(["alice-05", "alice-06"], _ledger.TakeChanges().Select(change => change.Entity.RowKey[..8]).Order());
    }

    [Fact]
    public void Callers_without_a_credential_share_a_row_that_no_client_can_have()
    {
        _ledger.Add(SampleRecord.Of(client: null, status: 401, error: "invalid_api_key"));
        _ledger.Add(SampleRecord.Of(client: null)); // a health check

        Assert.Equal((UsageEntity.Anonymous, 1), (Assert.Single(_ledger.TakeChanges()).Entity.ClientId(), _ledger.TakeChanges()[0].Entity.Requests));
    }

    [Fact]
    public void Memory_is_bounded_while_storage_is_away()
    {
        for (var i = 0; i < UsageLedger.Capacity + 100; i++)
        {
            _ledger.Add(SampleRecord.Of(client: $"c{i}"));
        }

        Assert.Equal(UsageLedger.Capacity, _ledger.TakeChanges().Count);
    }

    [Theory]
    [InlineData("20260304-alice", true)]
    [InlineData("20260304-_", true)]
    [InlineData("20261304-alice", false)]
    [InlineData("20260304-Alice", false)]
    [InlineData("20260304-", false)]
    [InlineData("20260304", false)]
    [InlineData("' or 1 eq 1", false)]
    [InlineData(null, false)]
    public void A_position_in_the_report_is_read_strictly(string? position, bool isValid)
    {
        Assert.Equal(isValid, UsageDay.TryParse(position, out var day, out var client));
        if (isValid)
        {
            Assert.Equal(position, new UsageDay(day, client, new UsageCounts()).Position);
        }
    }
}
