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
    private readonly PromptTally _tally;
    private readonly PromptSenders _senders;
    private readonly ViolationRecorder _recorder;

    public ViolationRecorderTests()
    {
        var options = Options.Create(new AbuseBlockingOptions { Violations = 3, FirstBlockSeconds = 10, LongestBlockSeconds = 100 });
        var schedule = new BlockSchedule(options);
        var violations = new ViolationCounter(options, _time);
        var hash = new KeyedHash(Options.Create(new HashKeyOptions { HashKey = new string('k', 32) }), Options.Create(new StorageOptions()));
        _addresses = new CallerAddress(Options.Create(new CallerAddressOptions()), hash);
        _tally = new PromptTally(options, _time);
        _list = new BlockList(() => Task.FromResult(new List<Block>()), violations, schedule, _time, NullLogger<BlockList>.Instance);
        _senders = new PromptSenders(_list, _tally, hash, _time);
        _recorder = new ViolationRecorder(_addresses, violations, new RefusedTexts(options, _time), _tally, schedule, _list, _queue, _time, NullLogger<ViolationRecorder>.Instance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_client_should_not_have_sent_counts_for_it(bool isViolation)
    {
        var context = Request(withClient: true);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(_list.Find(Subjects.Alice));
            _recorder.OnError(context, new GatewayError(429, "requests_per_minute", "") { IsViolation = isViolation });
        }

        Assert.Equal(isViolation, _list.Find(Subjects.Alice) is not null);
        Assert.Equal(isViolation, _queue.Reader.TryRead(out _));
        Assert.Null(_list.Find(Here));
    }

    [Fact]
    public void Refused_prompts_of_an_end_user_block_that_end_user_only()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(Prompt("mallory", i));
        }

        var blocked = _senders.Check(Request(withClient: true), "mallory")!;
        Assert.Equal((403, "temporarily_blocked", 10), (blocked.Status, blocked.Code, blocked.RetryAfterSeconds));
        Assert.Null(_senders.Check(Request(withClient: true), "other"));
        Assert.Null(_senders.Check(Request(withClient: true), null));
        Assert.Null(_list.Find(Subjects.Alice));
        Assert.True(_queue.Reader.TryRead(out var block));
        Assert.Equal(BlockSubjectKind.EndUser, block.Subject.Kind);
        Assert.DoesNotContain("mallory", block.Subject.BlockId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData(null)]
    public void A_text_that_is_sent_again_counts_once_a_window(string? endUser)
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Null(Prompt(endUser, 7));
        }

        Assert.False(_queue.Reader.TryRead(out _));
        _time.Advance(TimeSpan.FromSeconds(300));
        Prompt(endUser, 7);
        Prompt(endUser, 8);
        Assert.False(_queue.Reader.TryRead(out _));
        Prompt(endUser, 9);
        Assert.True(_queue.Reader.TryRead(out _));
    }

    [Fact]
    public void Without_a_name_a_client_is_blocked_only_when_half_of_what_it_sent_was_refused()
    {
        for (var i = 0; i < 20; i++)
        {
            Serve();
            Serve();
            Prompt(null, i);
        }

        Assert.Null(_list.Find(Subjects.Alice));
        for (var i = 20; i < 40; i++)
        {
            Prompt(null, i);
        }

        Assert.NotNull(_list.Find(Subjects.Alice));
    }

    [Fact]
    public void Names_without_end_count_for_the_client_and_its_other_end_users_are_counted_all_the_same()
    {
        Prompt("known", 0);
        for (var i = 1; i < ViolationRecorder.MostEndUsers; i++)
        {
            Prompt($"made up {i}", i);
        }

        Prompt("one more", 1000);
        Prompt("two more", 1001);
        Assert.Null(_list.Find(Subjects.Alice));
        Prompt("three more", 1002);
        Assert.NotNull(_list.Find(Subjects.Alice));
        Prompt("known", 1003);
        Prompt("known", 1004);
        Assert.NotNull(_senders.Check(Request(withClient: true), "known"));
    }

    [Fact]
    public void Whom_a_token_names_goes_before_what_the_request_says()
    {
        for (var i = 0; i < 3; i++)
        {
            Prompt("somebody else", i, tokenUser: "jwtuser");
        }

        Assert.NotNull(_list.Find(BlockSubject.OfClient("jwtuser")));
        Assert.Null(_senders.Check(Request(withClient: true), "somebody else"));
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

    private void Serve() => Assert.Null(_senders.Check(Request(withClient: true), null));

    /// <summary>Sends a prompt that is refused.</summary>
    private GatewayError? Prompt(string? endUser, int text, string? tokenUser = null)
    {
        var context = Request(withClient: true);
        if (tokenUser is not null)
        {
            context.Features.Set(context.Features.Get<ClientIdentity>()! with { UserId = tokenUser });
        }

        var blocked = _senders.Check(context, endUser);
        context.Features.Get<PromptSender>()!.RefusedText = (UInt128)text;
        _recorder.OnError(context, GatewayErrors.PromptRejected);
        return blocked;
    }

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
