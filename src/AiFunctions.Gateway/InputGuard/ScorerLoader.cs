using AiFunctions.Gateway.InputGuard.Scoring;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>Loads the scorer beside the rest of the start, so that the first prompt does not wait for all of it.</summary>
internal sealed class ScorerLoader(Lazy<InjectionScorer> scorer, IOptions<InputGuardOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Mode != InputGuardMode.Off)
        {
            _ = Task.Run(() => scorer.Value, CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
