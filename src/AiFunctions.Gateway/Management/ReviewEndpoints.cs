using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Reviews;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>/manage/reviews</c>.</summary>
internal sealed class ReviewEndpoints(ReviewStore store, ReviewDecisions decisions)
{
    public async Task ListAsync(HttpContext context)
    {
        var page = Paging.Read(context.Request.Query);
        var list = await store.ListAsync(ReadStatus(context.Request.Query), page.After, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, review => review.Id, Write);
    }

    public async Task GetAsync(HttpContext context)
    {
        var review = await store.FindAsync(RouteId.Of(context, "id"), context.RequestAborted) ?? throw new GatewayException(GatewayErrors.NotFound);
        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, writer => Write(writer, review));
    }

    public async Task DecideAsync(HttpContext context)
    {
        var id = RouteId.Of(context, "id");
        var request = ReviewRequest.Read(JsonBody.Of(context).Root);
        var review = await store.DecideAsync(id, request.Decision, request.Note, context.RequestAborted) ?? throw new GatewayException(GatewayErrors.NotFound);
        decisions.Forget(review.Sighting.Subject);
        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, writer => Write(writer, review));
    }

    private static ReviewStatus? ReadStatus(IQueryCollection query) => !query.TryGetValue("status", out var status) ? null : status.ToString() switch
    {
        "pending" => ReviewStatus.Pending,
        "allowed" => ReviewStatus.Allowed,
        "rejected" => ReviewStatus.Rejected,
        _ => throw RequestFields.Invalid("status", "must be pending, allowed or rejected"),
    };

    private static void Write(Utf8JsonWriter writer, Review review)
    {
        var seen = review.Sighting;
        writer.WriteStartObject();
        writer.WriteString("id"u8, review.Id);
        writer.WriteString("status"u8, NameOf(review.Status));
        writer.WriteString("client_id"u8, seen.Subject.ClientId);
        writer.WriteString("key_id"u8, seen.KeyId.Length > 0 ? seen.KeyId : null);
        writer.WriteString("request_id"u8, seen.RequestId);
        writer.WriteString("operation"u8, seen.Operation);
        writer.WriteString("model"u8, seen.Model);
        writer.WriteString("source"u8, ReviewSubject.SourceName(seen.Subject.Source));
        writer.WriteString("fingerprint"u8, seen.Subject.Fingerprint.ToString());
        writer.WriteNumber("score"u8, Math.Round(seen.Score, 3));
        writer.WriteStartArray("reasons"u8);
        foreach (var reason in seen.Reasons)
        {
            writer.WriteStringValue(reason);
        }

        writer.WriteEndArray();
        writer.WriteString("verdict"u8, NameOf(seen.Verdict));
        writer.WriteNumber("characters"u8, seen.Characters);
        writer.WriteNumber("count"u8, seen.Count);
        writer.WriteString("first_seen_at"u8, seen.FirstSeenAt);
        writer.WriteString("last_seen_at"u8, seen.LastSeenAt);
        if (review.DecidedAt is { } decided)
        {
            writer.WriteString("decided_at"u8, decided);
        }
        else
        {
            writer.WriteNull("decided_at"u8);
        }

        writer.WriteString("note"u8, review.Note);
        writer.WriteEndObject();
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
