using AiFunctions.Gateway.Authentication.Jwt;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AiFunctions.Gateway.Tests.Authentication.Jwt;

public class TokenAuthorityTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly TokenAuthority _authority;
    private Func<Task<OpenIdConnectConfiguration>> _read;
    private int _readings;

    public TokenAuthorityTests()
    {
        _read = () => Task.FromResult(NewKeys());
        _authority = new TokenAuthority(
            _ =>
            {
                Interlocked.Increment(ref _readings);
                return _read();
            },
            Options.Create(new JwtOptions { RefreshIntervalSeconds = (int)Interval.TotalSeconds }),
            _time,
            NullLogger<TokenAuthority>.Instance);
    }

    [Fact]
    public async Task The_keys_are_read_once_for_all_who_ask_at_once()
    {
        var slow = new TaskCompletionSource<OpenIdConnectConfiguration>();
        _read = () => slow.Task;
        var asking = Enumerable.Range(0, 20).Select(_ => KeysAsync()).ToList();
        slow.SetResult(NewKeys());

        var keys = await Task.WhenAll(asking);
        Assert.Single(keys.Distinct());
        Assert.Same(keys[0], await KeysAsync());
        Assert.Equal(1, _readings);
    }

    [Fact]
    public async Task Who_gives_up_waiting_does_not_end_the_reading_for_others()
    {
        var slow = new TaskCompletionSource<OpenIdConnectConfiguration>();
        _read = () => slow.Task;
        using var gone = new CancellationTokenSource();
        var first = _authority.GetConfigurationAsync(gone.Token);
        var second = KeysAsync();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        slow.SetResult(NewKeys());

        Assert.NotNull(await second);
        Assert.Equal(1, _readings);
    }

    [Fact]
    public async Task Without_an_answer_it_is_asked_again_after_5_seconds_and_not_before()
    {
        _read = () => throw new HttpRequestException();
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<AuthorityUnavailableException>(KeysAsync);
        }

        Assert.Equal(1, _readings);
        _read = () => Task.FromResult(NewKeys());
        _time.Advance(TokenAuthority.ReadAgainAfterFailure);

        Assert.NotNull(await KeysAsync());
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task An_answer_without_keys_or_issuer_is_none()
    {
        _read = () => Task.FromResult(new OpenIdConnectConfiguration { Issuer = "https://authority.example" });
        await Assert.ThrowsAsync<AuthorityUnavailableException>(KeysAsync);
        _time.Advance(TokenAuthority.ReadAgainAfterFailure);
        _read = () => Task.FromResult(NewKeys(issuer: ""));
        await Assert.ThrowsAsync<AuthorityUnavailableException>(KeysAsync);
    }

    [Fact]
    public async Task Keys_are_read_again_behind_the_requests_back_after_an_hour()
    {
        var first = await KeysAsync();
        _time.Advance(TokenAuthority.ReadEvery);

        Assert.Same(first, await KeysAsync());
        await UntilAsync(async () => await KeysAsync() != first);
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task Known_keys_are_good_for_a_day_of_outage_and_no_longer()
    {
        var known = await KeysAsync();
        _read = () => throw new HttpRequestException();
        for (var passed = TimeSpan.Zero; passed < TokenAuthority.LongestOutage - TimeSpan.FromHours(1); passed += TimeSpan.FromHours(1))
        {
            _time.Advance(TimeSpan.FromHours(1));
            Assert.Same(known, await KeysAsync());
        }

        _time.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<AuthorityUnavailableException>(KeysAsync);
    }

    [Fact]
    public async Task A_missing_key_has_the_keys_read_at_once_five_times_and_then_once_an_interval()
    {
        for (var i = 0; i < 5; i++)
        {
            await RefreshAsync(await KeysAsync());
        }

        Assert.Equal(6, _readings);
        for (var i = 0; i < 50; i++)
        {
            // Nobody knows whether there is such a key.
            var refused = await Assert.ThrowsAsync<AuthorityUnavailableException>(async () => await RefreshAsync(await KeysAsync()));
            Assert.Equal(Interval, refused.RetryAfter);
        }

        Assert.Equal(6, _readings);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Interval);
            await RefreshAsync(await KeysAsync());
            await Assert.ThrowsAsync<AuthorityUnavailableException>(async () => await RefreshAsync(await KeysAsync()));
        }

        Assert.Equal(9, _readings);
    }

    [Fact]
    public async Task A_new_key_is_known_at_the_next_turn_however_many_made_up_ones_were_asked_for()
    {
        var old = await KeysAsync();
        _read = () => Task.FromResult(NewKeys());
        await FloodAsync();
        var rolled = NewKeys();
        rolled.SigningKeys.Add(new JsonWebKey { Kid = "two" });
        _read = () => Task.FromResult(rolled);
        var wait = (await Assert.ThrowsAsync<AuthorityUnavailableException>(async () => await RefreshAsync(await KeysAsync()))).RetryAfter;

        _time.Advance(wait);
        await FloodAsync();

        Assert.NotSame(old, rolled);
        Assert.Same(rolled, await KeysAsync());
        Assert.Equal(7, _readings);

        async Task FloodAsync()
        {
            for (var i = 0; i < 100; i++)
            {
                try
                {
                    await RefreshAsync(await KeysAsync());
                }
                catch (AuthorityUnavailableException)
                {
                    // not its turn
                }
            }
        }
    }

    [Fact]
    public async Task Who_looked_at_older_keys_has_nothing_read()
    {
        var old = await KeysAsync();
        await RefreshAsync(old);
        for (var i = 0; i < 20; i++)
        {
            await RefreshAsync(old);
        }

        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task Who_misses_a_key_is_told_when_the_authority_is_away()
    {
        var known = await KeysAsync();
        _read = () => throw new HttpRequestException();

        for (var i = 0; i < 2; i++)
        {
            var refused = await Assert.ThrowsAsync<AuthorityUnavailableException>(() => RefreshAsync(known));
            Assert.Equal(TokenAuthority.ReadAgainAfterFailure, refused.RetryAfter);
        }

        Assert.Equal(2, _readings); // once in 5 s
        Assert.Same(known, await KeysAsync());

        _read = () => Task.FromResult(NewKeys());
        _time.Advance(TokenAuthority.ReadAgainAfterFailure);
        await RefreshAsync(known);
        Assert.NotSame(known, await KeysAsync());
    }

    private static OpenIdConnectConfiguration NewKeys(string issuer = "https://authority.example")
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = issuer };
        configuration.SigningKeys.Add(new JsonWebKey { Kid = "one" });
        return configuration;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private Task RefreshAsync(OpenIdConnectConfiguration seen) => _authority.RefreshAsync(seen, CancellationToken.None);

    private Task<OpenIdConnectConfiguration> KeysAsync() => _authority.GetConfigurationAsync(CancellationToken.None);
}
