using OpenTelemetry;
using OpenTelemetry.Logs;

namespace AiFunctions.Gateway.Telemetry;

/// <summary>Takes out of other libraries' log records all that might repeat a request, before any exporter sees them.</summary>
/// <remarks>
/// Our own records hold metadata only. Of others' the category, the level and the event stay, and of ASP.NET Core's and the host's the
/// message's template, which is a constant of theirs, without the values in it. Of an exception its type stays.
/// </remarks>
internal sealed class LogRedaction : BaseProcessor<LogRecord>
{
    private const string Ours = "AiFunctions.";
    private const string Withheld = "(text withheld)";
    private const string TemplateAttribute = "{OriginalFormat}";
    private static readonly string[] WithConstantTemplates = ["Microsoft.AspNetCore.", "Microsoft.Extensions.", "Microsoft.Hosting."];

    /// <inheritdoc/>
    public override void OnEnd(LogRecord data)
    {
        var exception = data.Exception?.GetType().FullName;
        data.Exception = null;
        if (data.CategoryName?.StartsWith(Ours, StringComparison.Ordinal) == true)
        {
            return;
        }

        var template = WithConstantTemplates.Any(prefix => data.CategoryName?.StartsWith(prefix, StringComparison.Ordinal) == true)
            ? data.Attributes?.FirstOrDefault(attribute => attribute.Key == TemplateAttribute).Value as string
            : null;
        var text = template ?? data.EventId.Name ?? Withheld;
        data.Body = text;
        data.FormattedMessage = text;
        data.Attributes = exception is null ? [] : [new("exception.type", exception)];
    }
}
