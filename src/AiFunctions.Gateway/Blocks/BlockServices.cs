using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Registers the blocking of callers.</summary>
internal static class BlockServices
{
    public static IServiceCollection AddGatewayBlocks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AbuseBlockingOptions>().Bind(configuration.GetSection(AbuseBlockingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AbuseBlockingOptions>, AbuseBlockingOptionsValidator>();

        services.AddSingleton<BlockSchedule>();
        services.AddSingleton<ViolationCounter>();
        services.AddSingleton<RefusedTexts>();
        services.AddSingleton<PromptTally>();
        services.AddSingleton<PromptSenders>();
        services.AddSingleton<BlockStore>();
        services.AddSingleton<BlockList>();
        services.AddSingleton<BlockQueue>();
        services.AddSingleton<AddressBlocks>();
        services.AddSingleton<ViolationRecorder>();
        services.AddHostedService<BlockWriter>();
        return services;
    }
}
