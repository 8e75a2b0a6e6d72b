using System.Net;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Blocks;

public class ViolationRecorderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BlockQueue _queue = new();
    private readonly CallerAddress _addresses;
    private readonly BlockList _list;
    private readonly ViolationRecorder _recorder;

    public ViolationRecorderTests()
    {
        var options = Options.Create(new AbuseBlockingOptions { Violations = 3, FirstBlockSeconds = 10, LongestBlockSeconds = 100 });
        var schedule = new BlockSchedule(options);
        var violations = new ViolationCounter(options, _time);
        _addresses = new CallerAddress(
            Options.Create(new CallerAddressOptions()),
            new KeyedHash(Options.Create(new HashKeyOptions { HashKey = new string('k', 32) }), Options.Create(new StorageOptions())));
        _list = new BlockList(() => Task.FromResult(new List<Block>()), violations, schedule, _time, NullLogger<BlockList>.Instance);
        _recorder = new ViolationRecorder(_addresses, violations, schedule, _list, _queue, _time, NullLogger<ViolationRecorder>.Instance);
    }

    [Theory]
    [InlineData("requests_per_minute", 429, true)]
    [InlineData("requests_per_day", 429, true)]
    [InlineData("tokens_per_minute", 429, true)]
    [InlineData("tokens_per_day", 429, true)]
    [InlineData("concurrent_requests", 429, true)]
    [InlineData("prompt_rejected", 400, true)]
    [InlineData("upstream_rate_limited", 429, false)]
    [InlineData("invalid_request", 400, false)]
    [InlineData("temporarily_blocked", 403, false)]
    [InlineData("insufficient_scope", 403, false)]
    [InlineData("storage_unavailable", 503, false)]
    public void A_clients_violations_count_for_the_client(string code, int status, bool counts)
    {
        var context = Request(withClient: true);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(_list.Find(Subjects.Alice));
            _recorder.OnError(context, new GatewayError(status, code, ""));
        }

        Assert.Equal(counts, _list.Find(Subjects.Alice) is not null);
        Assert.Equal(counts, _queue.Reader.TryRead(out _));
        Assert.Null(_list.Find(Here));
    }

    [Fact]
    public void Refused_credentials_count_for_the_address()
    {
        foreach (var error in new[] { GatewayErrors.MissingCredentials, GatewayErrors.InvalidApiKey, GatewayErrors.ExpiredApiKey })
        {
            Assert.Null(_list.Find(Here));
            _recorder.OnError(Request(withClient: false), error);
        }

        Assert.NotNull(_list.Find(Here));
    }

    [Fact]
    public void Nothing_counts_while_a_block_is_in_force_and_the_next_one_is_twice_as_long()
    {
        Violate(100);
        Assert.Equal((10, 1), Found());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_list.Find(Here));

        Violate(2);
        Assert.Null(_list.Find(Here));
        Violate(1);
        Assert.Equal((20, 2), Found());

        _time.Advance(TimeSpan.FromSeconds(120));
        Violate(3);
        Assert.Equal((10, 1), Found());
        Assert.Equal(3, _queue.Reader.Count);
    }

    [Fact]
    public void A_request_without_an_address_is_nobodys()
    {
        var context = new DefaultHttpContext();
        for (var i = 0; i < 10; i++)
        {
            _recorder.OnError(context, GatewayErrors.InvalidApiKey);
        }

        Assert.False(_queue.Reader.TryRead(out _));
    }

    private BlockSubject Here => BlockSubject.OfAddress(_addresses.HashOf(IPAddress.Parse("192.0.2.1")));

    private (int Seconds, int Count) Found() => (_list.Find(Here)!.SecondsLeft(_time.GetUtcNow()), _list.Find(Here)!.Count);

    private void Violate(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _recorder.OnError(Request(withClient: false), GatewayErrors.InvalidApiKey);
        }
    }

    private DefaultHttpContext Request(bool withClient)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        if (withClient)
        {
            var now = _time.GetUtcNow();
            context.Features.Set(new ClientIdentity(
                new Client { Id = "alice", Name = "Alice", Tier = "free", CreatedAt = now, UpdatedAt = now },
                new ClientKey { KeyId = "alice12345678", ClientId = "alice", Hash = [], CreatedAt = now }));
        }

        return context;
    }
}
