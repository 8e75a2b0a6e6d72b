using AiFunctions.Gateway.Authentication;
using AiFunctions.Gateway.Authentication.Certificates;
using AiFunctions.Gateway.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Tests.Logging;

public sealed class ContentLogFilterTests
{
    [Theory]
    [InlineData(typeof(ApiKeyHandler))]
    [InlineData(typeof(ManagementKeyHandler))]
    [InlineData(typeof(ClientCertificateHandler))]
    public void Refused_credentials_write_no_line_each(Type handler)
    {
        var options = new LoggerFilterOptions { MinLevel = LogLevel.Trace };
        options.Rules.Add(new LoggerFilterRule(null, "AiFunctions", LogLevel.Information, filter: null));
        options.Rules.Add(new LoggerFilterRule(typeof(Everything).FullName, "AiFunctions", LogLevel.Information, filter: null));
        new ContentLogFilter().PostConfigure(null, options);
        using var loggers = new LoggerFactory([new Everything()], options);

        Assert.False(loggers.CreateLogger(handler.FullName!).IsEnabled(LogLevel.Information));
        Assert.True(loggers.CreateLogger(handler.Namespace!).IsEnabled(LogLevel.Information));
    }

    private sealed class Everything : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
