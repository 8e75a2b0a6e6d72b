using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.ContentSafety;
using AiFunctions.Gateway.InputGuard.Scoring;
using Azure.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.InputGuard.PromptShields;

/// <summary>Asks Azure AI Content Safety's Prompt Shields about a text.</summary>
/// <remarks>REST, version 2024-09-01: https://learn.microsoft.com/rest/api/contentsafety/text-operations/shield-prompt.</remarks>
internal sealed class PromptShieldsClient(
    IOptions<InputGuardOptions> options, Lazy<TokenCredential> credential, TimeProvider time, ILogger<PromptShieldsClient> logger) : IDisposable
{
    private readonly ContentSafetyConnection _service = new(options.Value.PromptShields, "text:shieldPrompt", credential, time, logger);

    /// <summary>Whether there is anyone to ask.</summary>
    public bool IsOn => options.Value.PromptShields.IsOn;

    /// <summary>Asks about a text.</summary>
    /// <param name="text">The text. One that would take more than <see cref="ShieldPieces.MostPieces"/> calls is not asked about.</param>
    /// <param name="source">Whether it is taken for a prompt or for a document.</param>
    /// <param name="requestId">For the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<ShieldOpinion> AskAsync(ReadOnlyMemory<char> text, TextSource source, string requestId, CancellationToken cancellationToken)
    {
        if (ShieldPieces.Cut(text) is not { Count: > 0 } pieces)
        {
            return ShieldOpinion.None;
        }

        var isAttack = await Task.WhenAll(pieces.Select(
            piece => _service.AskAsync(Write(piece.Span, source), answer => Read(answer, source), requestId, cancellationToken)));
        return isAttack.Contains(true) ? ShieldOpinion.Attack
            : isAttack.Contains(null) ? ShieldOpinion.None
            : ShieldOpinion.Clean;
    }

    /// <inheritdoc/>
    public void Dispose() => _service.Dispose();

    private static ReadOnlyMemory<byte> Write(ReadOnlySpan<char> text, TextSource source)
    {
        var body = new ArrayBufferWriter<byte>(text.Length + 64);
        using var writer = new Utf8JsonWriter(body);
        writer.WriteStartObject();
        if (source == TextSource.User)
        {
            writer.WriteString("userPrompt"u8, text);
        }
        else
        {
            writer.WriteStartArray("documents"u8);
            writer.WriteStringValue(text);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    /// <summary>Whether the answer speaks of an attack; null when it is no answer to what was asked.</summary>
    private static bool? Read(JsonElement answer, TextSource source)
    {
        if (answer.ValueKind != JsonValueKind.Object
            || !answer.TryGetProperty(source == TextSource.User ? "userPromptAnalysis"u8 : "documentsAnalysis"u8, out var analysis))
        {
            return null;
        }

        if (source == TextSource.Document)
        {
            if (analysis.ValueKind != JsonValueKind.Array || analysis.GetArrayLength() != 1)
            {
                return null;
            }

            analysis = analysis[0];
        }

        return analysis.ValueKind != JsonValueKind.Object || !analysis.TryGetProperty("attackDetected"u8, out var detected) ? null
            : detected.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
    }
}
