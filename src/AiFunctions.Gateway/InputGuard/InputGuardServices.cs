using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Reviews;
using AiFunctions.Gateway.InputGuard.Reviews.Management;
using AiFunctions.Gateway.InputGuard.Scoring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>Registers the judging of prompts and the reviews of what is doubtful.</summary>
internal static class InputGuardServices
{
    public static IServiceCollection AddGatewayInputGuard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<InputGuardOptions>().Bind(configuration.GetSection(InputGuardOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<InputGuardOptions>, InputGuardOptionsValidator>();

        services.AddSingleton(_ => new Lazy<InjectionScorer>(InjectionScorer.Load));
        services.AddHostedService<ScorerLoader>();
        services.AddSingleton<JudgementCache>();
        services.AddSingleton<TextFingerprints>();
        services.AddSingleton<PromptShieldsClient>();
        services.AddSingleton<PromptGuard>();

        services.AddSingleton<ReviewStore>();
        services.AddSingleton<ReviewQueue>();
        services.AddSingleton(provider => new ReviewDecisions(
            subject => provider.GetRequiredService<ReviewStore>().FindStatusAsync(subject, CancellationToken.None),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReviewDecisions>>()));
        services.AddSingleton<ReviewEndpoints>();
        services.AddHostedService<ReviewWriter>();
        return services;
    }
}
