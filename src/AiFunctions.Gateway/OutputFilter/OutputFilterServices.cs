using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.OutputFilter;

/// <summary>Registers the output filter.</summary>
internal static class OutputFilterServices
{
    public static IServiceCollection AddGatewayOutputFilter(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OutputFilterOptions>().Bind(configuration.GetSection(OutputFilterOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<OutputFilterOptions>, OutputFilterOptionsValidator>();
        services.AddSingleton<FilterPolicy>();
        services.AddSingleton<AnswerReviews>();
        services.AddSingleton<PassageJudge>();
        return services;
    }
}
