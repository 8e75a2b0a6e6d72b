using AiFunctions.Worker.Tests.Double;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<HttpProxying>();
        builder.Services.AddHostedService<HttpServer>();
        return builder;
    }
}
