using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Reviews;

namespace AiFunctions.Gateway.Management;

/// <summary>An operator's decision, read from a request and checked.</summary>
internal sealed record ReviewRequest(ReviewStatus Decision, string? Note)
{
    private const int LongestNote = 500;

    /// <summary>Reads a request.</summary>
    /// <exception cref="GatewayException">A field is missing, unknown or not what it must be; the error names it.</exception>
    public static ReviewRequest Read(JsonElement body)
    {
        ReviewStatus? decision = null;
        string? note = null;
        foreach (var field in body.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            switch (field.Name)
            {
                case "decision":
                    decision = ReadDecision(field.Value);
                    break;
                case "note":
                    note = RequestFields.Text(field.Value, "note", LongestNote);
                    break;
                default:
                    throw RequestFields.Unknown(field.Name);
            }
        }

        return new ReviewRequest(decision ?? throw RequestFields.Invalid("decision", "is missing; it must be allow or reject"), note);
    }

    private static ReviewStatus ReadDecision(JsonElement value) =>
        value.ValueKind != JsonValueKind.String ? throw InvalidDecision()
        : value.ValueEquals("allow"u8) ? ReviewStatus.Allowed
        : value.ValueEquals("reject"u8) ? ReviewStatus.Rejected
        : throw InvalidDecision();

    private static GatewayException InvalidDecision() => RequestFields.Invalid("decision", "must be allow or reject");
}
