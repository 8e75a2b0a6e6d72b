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
    /// <param name="cancellationToken">Gives up the call, also while the answer is being read.</param>
    /// <returns>An answer with a success status.</returns>
    /// <exception cref="GatewayException">No upstream serves the model, or the last one that does failed or refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<UpstreamResponse> PostAsync(
        UpstreamRequest request, string requestId, RequestObservation? observation, CancellationToken cancellationToken)
    {
        var error = GatewayErrors.ModelNotFound;
        var mayHaveWorked = false;
        foreach (var upstream in Upstreams.Where(upstream => upstream.Serves(request.Model) && request.IsServedBy(upstream.Kind)))
        {
            observation?.Upstream = upstream.Name;
            var call = new UpstreamCall(upstream, request.Operation, observation?.Model);
            try
            {
                var response = await upstream.SendAsync(HttpMethod.Post, request.Path, request.Body(upstream), requestId, cancellationToken);
                response.Call = call;
                call.Answer((int)response.Status);
                if ((int)response.Status is >= 200 and < 300)
                {
                    return response;
                }

                using (response)
                {
                    LogRefusal(_logger, upstream.Name, (int)response.Status, requestId);
                    error = UpstreamErrors.For(response);
                    if (!UpstreamErrors.IsWorthFailover(response.Status))
                    {
                        break;
                    }
                }
            }
            catch (GatewayException e)
            {
                call.Fail(e.Error);
                call.Dispose();
                LogFault(_logger, upstream.Name, e.Error.Code, requestId, e.InnerException?.GetType().Name);
                error = e.Error;
                mayHaveWorked |= error != GatewayErrors.UpstreamUnavailable; // it had the request, and broke off
            }
            catch
            {
                call.Dispose(); // the caller gave up
                throw;
            }
        }

        throw new GatewayException(error) { UpstreamMayHaveWorked = mayHaveWorked };
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
