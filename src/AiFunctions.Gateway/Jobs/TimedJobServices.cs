using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Jobs;

/// <summary>Registers the timed jobs' seam.</summary>
public static class TimedJobServices
{
    /// <summary>Runs the timed jobs on their schedules in this process. For a host without timers of its own.</summary>
    /// <param name="services">The host's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddTimedJobScheduler(this IServiceCollection services) => services.AddHostedService<TimedJobScheduler>();

    internal static IServiceCollection AddGatewayJobs(this IServiceCollection services)
    {
        services.AddSingleton<JobRunStore>();
        services.AddSingleton(provider => new TimedJobs(provider.GetServices<ITimedJob>(), provider.GetRequiredService<ILogger<TimedJobs>>()));
        return services;
    }
}
