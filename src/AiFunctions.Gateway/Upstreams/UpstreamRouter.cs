using System.Buffers;
using System.Net;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Observation;
using AiFunctions.Gateway.Upstreams.Kinds;
using AiFunctions.Gateway.Upstreams.Simulator;
using Azure.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>Knows which upstreams serve a model, and asks them in turn.</summary>
internal sealed partial class UpstreamRouter : IDisposable
{
    private readonly ILogger<UpstreamRouter> _logger;

    public UpstreamRouter(
        IOptions<UpstreamListOptions> options,
        SimulatedModel simulator,
        Lazy<TokenCredential> credential,
        TimeProvider time,
        ILogger<UpstreamRouter> logger,
        ShutdownDeadline? shutdown = null)
    {
        _logger = logger;
        Upstreams =
        [
            .. options.Value.Upstreams
                .Select(upstream => new Upstream(
                    upstream,
                    UpstreamKind.Of(upstream).CreateHandler(simulator),
                    credential,
                    time,
                    shutdown?.Token ?? CancellationToken.None))
                .OrderBy(upstream => upstream.Priority), // a stable sort: equals stay in the order of the settings
        ];
    }

    /// <summary>All upstreams, first choice first.</summary>
    public IReadOnlyList<Upstream> Upstreams { get; }

    /// <summary>Posts a request to the first upstream that serves the model and can answer.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="requestId">Sent along.</param>
    /// <param name="observation">Is told whom the request went to; null when nobody wants to know.</param>
    /// <param name="take">Takes an answer with a success status.</param>
    /// <param name="cancellationToken">Gives up the call, also while the answer is being read.</param>
    /// <exception cref="GatewayException">No upstream serves the model, or the last one that does failed or refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task PostAsync(
        UpstreamRequest request,
        string requestId,
        RequestObservation? observation,
        Func<UpstreamResponse, Task<UpstreamFault?>> take,
        CancellationToken cancellationToken)
    {
        var error = GatewayErrors.ModelNotFound;
        var mayHaveWorked = false;
        foreach (var upstream in Upstreams.Where(upstream => upstream.Serves(request.Model) && request.IsServedBy(upstream.Kind)))
        {
            observation?.Upstream = upstream.Name;
            var fault = await AskAsync(upstream, request, requestId, observation, take, cancellationToken);
            if (fault is null)
            {
                return;
            }

            error = fault.Error;
            mayHaveWorked |= fault.MayHaveWorked;
            if (!fault.IsWorthFailover)
            {
                break;
            }
        }

        throw new GatewayException(error) { UpstreamMayHaveWorked = mayHaveWorked };
    }

    /// <summary>Asks one upstream, again with less added when that is what it may have refused.</summary>
    /// <returns>Why it has not answered; null when it has.</returns>
    private async Task<UpstreamFault?> AskAsync(
        Upstream upstream,
        UpstreamRequest request,
        string requestId,
        RequestObservation? observation,
        Func<UpstreamResponse, Task<UpstreamFault?>> take,
        CancellationToken cancellationToken)
    {
        var known = upstream.DialectFor(request.Model);
        var dialect = known;
        while (true)
        {
            using var call = new UpstreamCall(upstream, request.Operation, observation?.Model);
            var isTaken = false;
            try
            {
                var body = request.Body(dialect);
                using var response = await request.WaitAsync(upstream.SendAsync(HttpMethod.Post, request.Path, body, requestId, cancellationToken));
                response.Call = call;
                call.Answer((int)response.Status);
                if ((int)response.Status is >= 200 and < 300)
                {
                    if (dialect != known)
                    {
                        upstream.Learn(request.Model, dialect);
                    }

                    isTaken = true;
                    var fault = await take(response);
                    if (fault is not null)
                    {
                        call.Fail(fault.Error);
                        LogFault(_logger, upstream.Name, fault.Error.Code, requestId, null);
                    }

                    return fault;
                }

                LogRefusal(_logger, upstream.Name, (int)response.Status, requestId);
                var refusal = await response.ReadRefusalAsync();
                if (response.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity && Less(request, dialect, body, refusal) is { } less)
                {
                    dialect = less;
                    continue;
                }

                return new UpstreamFault(UpstreamErrors.For(refusal, body), UpstreamErrors.IsWorthFailover(response.Status), MayHaveWorked: false);
            }
            catch (GatewayException e) when (!isTaken)
            {
                call.Fail(e.Error);
                LogFault(_logger, upstream.Name, e.Error.Code, requestId, e.InnerException?.GetType().Name);
                return new UpstreamFault(e.Error, IsWorthFailover: true, MayHaveWorked: e.Error != GatewayErrors.UpstreamUnavailable); // it had the request, and broke off
            }
        }
    }

    /// <summary>What to add next of what a server may have refused; null when that would change nothing.</summary>
    private static UpstreamDialect? Less(UpstreamRequest request, UpstreamDialect dialect, ReadOnlySequence<byte> body, UpstreamRefusal refusal)
    {
        var next = dialect.After(refusal);
        while (next is { } less && AreEqual(request.Body(less), body))
        {
            next = less.After(refusal);
        }

        return next;
    }

    private static bool AreEqual(ReadOnlySequence<byte> one, ReadOnlySequence<byte> other)
    {
        if (one.Length != other.Length)
        {
            return false;
        }

        var reader = new SequenceReader<byte>(one);
        foreach (var piece in other)
        {
            if (!reader.IsNext(piece.Span, advancePast: true))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var upstream in Upstreams)
        {
            upstream.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Upstream {Upstream} answered {Status} to request {RequestId}")]
    private static partial void LogRefusal(ILogger logger, string upstream, int status, string requestId);

    [LoggerMessage(LogLevel.Warning, "Upstream {Upstream} failed with {Code} on request {RequestId} ({Fault})")]
    private static partial void LogFault(ILogger logger, string upstream, string code, string requestId, string? fault);
}
