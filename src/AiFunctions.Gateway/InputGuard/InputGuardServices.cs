using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.InputGuard;

/// <summary>Registers the judging of prompts.</summary>
internal static class InputGuardServices
{
    public static IServiceCollection AddGatewayInputGuard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<InputGuardOptions>().Bind(configuration.GetSection(InputGuardOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<InputGuardOptions>, InputGuardOptionsValidator>();

        services.AddSingleton(_ => new Lazy<InjectionScorer>(() => InjectionScorer.Load(new BlockJudgements())));
        services.AddHostedService<ScorerLoader>();
        services.AddSingleton<JudgementCache>();
        services.AddSingleton<PromptShieldsClient>();
        services.AddSingleton<PromptGuard>();
        return services;
    }
}
