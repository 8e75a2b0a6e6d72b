using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.Records;

/// <summary>Registers the requests' records.</summary>
internal static class RecordServices
{
    public static IServiceCollection AddGatewayRecords(this IServiceCollection services)
    {
        services.AddSingleton<RequestRecordQueue>();
        services.AddSingleton<RequestRecorder>();
        services.AddHostedService<RequestRecordPump>();
        return services;
    }
}
