using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>The authority's issuer and keys, as they were when it was last asked.</summary>
/// <remarks>
/// In the place of the library's own <see cref="ConfigurationManager{T}"/>, whose documents and parsers it uses, for three things: a token under a
/// new key waits for the keys to be read, where that one reads them in the background and refuses the token; an authority that is away is asked once in
/// 5 s, not by each request; and a request can tell that outage from a bad token.
/// Keys are read again each hour while requests come, and are good for a day without an answer, so that tokens go on working through an outage.
/// </remarks>
internal sealed partial class TokenAuthority : IConfigurationManager<OpenIdConnectConfiguration>
{
    public static readonly TimeSpan ReadEvery = TimeSpan.FromHours(1);
    public static readonly TimeSpan ReadAgainAfterFailure = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LongestOutage = TimeSpan.FromDays(1);

    private const int MostRefreshesAtOnce = 5;
    private const int LargestDocument = 1024 * 1024;
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(5);

    private readonly Func<CancellationToken, Task<OpenIdConnectConfiguration>> _read;
    private readonly TimeSpan _refreshInterval;
    private readonly TimeProvider _time;
    private readonly ILogger<TokenAuthority> _logger;
    private readonly Lock _lock = new();
    private Task<bool> _reading = Task.FromResult(false);
    private Known? _known;
    private long _readFrom = long.MinValue / 2;
    private long _refreshesDue = long.MinValue / 2;
    private bool _failing;

    public TokenAuthority(IOptions<JwtOptions> options, TimeProvider time, ILogger<TokenAuthority> logger)
        : this(Reader(options.Value), options, time, logger)
    {
    }

    internal TokenAuthority(
        Func<CancellationToken, Task<OpenIdConnectConfiguration>> read, IOptions<JwtOptions> options, TimeProvider time, ILogger<TokenAuthority> logger)
    {
        _read = read;
        _refreshInterval = TimeSpan.FromSeconds(options.Value.RefreshIntervalSeconds);
        _time = time;
        _logger = logger;
    }

    /// <summary>The issuer and the keys; at once, if they have ever been read.</summary>
    /// <exception cref="AuthorityUnavailableException">They have not, or not for a day, and the authority does not answer.</exception>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var known = Volatile.Read(ref _known);
        if (!IsGood(known))
        {
            await ReadSharedAsync().WaitAsync(cancel);
            known = Volatile.Read(ref _known);
            if (!IsGood(known))
            {
                throw new AuthorityUnavailableException(ReadAgainAfterFailure);
            }
        }
        else if (_time.GetElapsedTime(known!.Since) >= ReadEvery)
        {
            _ = ReadSharedAsync();
        }

        return known!.Configuration;
    }

    /// <summary>
    /// Has the keys read again, in which one was missing: a few times at once, then once in the settings' interval. All who ask at once share one reading.
    /// </summary>
    /// <param name="seen">The keys in which it was missing. If those known now are others, nothing is read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AuthorityUnavailableException">
    /// The authority did not answer; or it was asked too often for keys that do not exist, so that nobody can say whether this one does.
    /// </exception>
    public async Task RefreshAsync(OpenIdConnectConfiguration seen, CancellationToken cancellationToken)
    {
        Task<bool> reading;
        lock (_lock)
        {
            if (!ReferenceEquals(Volatile.Read(ref _known)?.Configuration, seen))
            {
                return;
            }

            if (_reading.IsCompleted)
            {
                // The generic cell rate algorithm (ITU-T I.371).
                var now = _time.GetTimestamp();
                var wait = Math.Max(_refreshesDue - Units(_refreshInterval * (MostRefreshesAtOnce - 1)), _readFrom) - now;
                if (wait > 0)
                {
                    throw new AuthorityUnavailableException(TimeSpan.FromSeconds((double)wait / _time.TimestampFrequency));
                }

                _refreshesDue = Math.Max(now, _refreshesDue) + Units(_refreshInterval);
            }

            reading = ReadSharedAsync();
        }

        if (!await reading.WaitAsync(cancellationToken))
        {
            throw new AuthorityUnavailableException(ReadAgainAfterFailure);
        }
    }

    /// <inheritdoc/>
    public void RequestRefresh()
    {
        // The library asks for this when it did not find a key; the events have done it before.
    }

    private Task<bool> ReadSharedAsync()
    {
        lock (_lock)
        {
            if (_reading.IsCompleted && _time.GetTimestamp() >= _readFrom)
            {
                _reading = Task.Run(ReadAsync);
            }

            return _reading;
        }
    }

    private bool IsGood(Known? known) => known is not null && _time.GetElapsedTime(known.Since) < LongestOutage;

    private async Task<bool> ReadAsync()
    {
        var started = _time.GetTimestamp();
        try
        {
            using var longest = new CancellationTokenSource(LongestReading);
            var configuration = await _read(longest.Token);
            if (string.IsNullOrEmpty(configuration.Issuer) || configuration.SigningKeys.Count == 0)
            {
                throw new InvalidDataException();
            }

            Volatile.Write(ref _known, new Known(configuration, started));
            _failing = false;
            return true;
        }
        catch (Exception e)
        {
            // Once an outage. Not its text: it quotes what the authority said.
            if (!_failing)
            {
                LogNotRead(_logger, (e.InnerException ?? e).GetType().Name);
            }

            _failing = true;
            lock (_lock)
            {
                _readFrom = _time.GetTimestamp() + Units(ReadAgainAfterFailure);
            }

            return false;
        }
    }

    private long Units(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private static Func<CancellationToken, Task<OpenIdConnectConfiguration>> Reader(JwtOptions options)
    {
        var address = options.Authority!.TrimEnd('/') + "/.well-known/openid-configuration";
        var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = LongestReading,
            MaxResponseContentBufferSize = LargestDocument,
            DefaultRequestHeaders = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
        };
        var documents = new HttpDocumentRetriever(http)
        {
            RequireHttps = address.StartsWith("https:", StringComparison.OrdinalIgnoreCase),
            SendAdditionalHeaderData = false,
        };
        return cancellationToken => OpenIdConnectConfigurationRetriever.GetAsync(address, documents, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The keys of the authority that issues access tokens could not be read ({Fault}); those known go on working")]
    private static partial void LogNotRead(ILogger logger, string fault);

    private sealed record Known(OpenIdConnectConfiguration Configuration, long Since);
}
