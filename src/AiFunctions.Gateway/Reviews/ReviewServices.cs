using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Registers the reviews of what is doubtful in prompts and answers.</summary>
internal static class ReviewServices
{
    public static IServiceCollection AddGatewayReviews(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReviewOptions>().Bind(configuration.GetSection(ReviewOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReviewOptions>, ReviewOptionsValidator>();

        services.AddSingleton<TextFingerprints>();
        services.AddSingleton<ReviewStore>();
        services.AddSingleton<ReviewQueue>();
        services.AddSingleton<ReviewRecorder>();
        services.AddSingleton(provider => new ReviewDecisions(
            subject => provider.GetRequiredService<ReviewStore>().FindStatusAsync(subject, CancellationToken.None),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReviewDecisions>>()));
        services.AddHostedService<ReviewWriter>();
        return services;
    }
}
