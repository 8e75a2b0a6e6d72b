using AiFunctions.Worker.Tests.Double;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middlewares = [];
    private readonly HostApplicationBuilder _host;
    private readonly TestRun _run = TestRun.Current;

    internal FunctionsApplicationBuilder(string[] args)
    {
        _host = Host.CreateApplicationBuilder(args);
        _host.Logging.ClearProviders().AddProvider(_run.Logs);
        _host.Services.AddSingleton(_run);
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_host).Properties;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public ILoggingBuilder Logging => _host.Logging;

    public IMetricsBuilder Metrics => _host.Metrics;

    public IServiceCollection Services => _host.Services;

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        _middlewares.Add(middleware);
        return this;
    }

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => _host.ConfigureContainer(factory, configure);

    public IHost Build()
    {
        // As in the real one, the function comes last, whatever was added when.
        FunctionExecutionDelegate pipeline = _run.ExecuteAsync;
        foreach (var middleware in Enumerable.Reverse(_middlewares))
        {
            pipeline = middleware(pipeline);
        }

        _run.Pipeline = pipeline;
        var host = _host.Build();
        _run.Services = host.Services;
        return host;
    }
}
