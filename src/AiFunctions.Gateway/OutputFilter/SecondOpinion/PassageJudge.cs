using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.ContentSafety;
using Azure.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.OutputFilter.SecondOpinion;

/// <summary>Asks Azure AI Content Safety whether a passage of an answer is dangerous.</summary>
/// <remarks>REST, version 2024-09-01: https://learn.microsoft.com/rest/api/contentsafety/text-operations/analyze-text.</remarks>
internal sealed class PassageJudge(
    IOptions<OutputFilterOptions> options, Lazy<TokenCredential> credential, TimeProvider time, ILogger<PassageJudge> logger) : IDisposable
{
    private readonly OutputContentSafetyOptions _options = options.Value.ContentSafety;
    private readonly ContentSafetyConnection _service = new(options.Value.ContentSafety, "text:analyze", credential, time, logger);

    /// <summary>Asks about a passage.</summary>
    /// <param name="passage">Up to 10 000 characters.</param>
    /// <param name="requestId">For the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is dangerous; what the settings say when the service gives no answer.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<bool> IsDangerousAsync(string passage, string requestId, CancellationToken cancellationToken) =>
        await _service.AskAsync(Write(passage), Read, requestId, cancellationToken) ?? _options.OnFailure == OutputFailurePolicy.AssumeDanger;

    /// <inheritdoc/>
    public void Dispose() => _service.Dispose();

    private static ReadOnlyMemory<byte> Write(string passage)
    {
        var body = new ArrayBufferWriter<byte>(passage.Length + 128);
        using var writer = new Utf8JsonWriter(body);
        writer.WriteStartObject();
        writer.WriteString("text"u8, passage);
        writer.WriteStartArray("categories"u8);
        writer.WriteStringValue("SelfHarm"u8);
        writer.WriteStringValue("Violence"u8);
        writer.WriteEndArray();
        writer.WriteString("outputType"u8, "FourSeverityLevels"u8);
        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    /// <summary>Whether a category is as severe as the settings say; null when it is no answer to what was asked.</summary>
    private bool? Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object
            || !answer.TryGetProperty("categoriesAnalysis"u8, out var categories)
            || categories.ValueKind != JsonValueKind.Array
            || categories.GetArrayLength() == 0)
        {
            return null;
        }

        var isDangerous = false;
        foreach (var category in categories.EnumerateArray())
        {
            if (category.ValueKind != JsonValueKind.Object
                || !category.TryGetProperty("severity"u8, out var severity)
                || severity.ValueKind != JsonValueKind.Number
                || !severity.TryGetInt32(out var value))
            {
                return null;
            }

            isDangerous |= value >= _options.MinimumSeverity;
        }

        return isDangerous;
    }
}
