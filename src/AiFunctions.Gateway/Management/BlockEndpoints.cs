using System.Text.Json;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Management;

/// <summary><c>/manage/blocks</c>.</summary>
internal sealed class BlockEndpoints(BlockStore store, BlockList blocks, ClientStore clients, CallerAddress addresses, PromptSenders senders, TimeProvider time)
{
    public async Task CreateAsync(HttpContext context)
    {
        var request = BlockRequest.Read(JsonBody.Of(context).Root);
        var now = time.GetUtcNow();
        var block = await store.SetAsync(
            new Block
            {
                Subject = await FindSubjectAsync(request, context.RequestAborted),
                CreatedAt = now,
                ExpiresAt = now + request.Length,
                Reason = request.Reason,
                Count = 0,
                IsStored = false,
            },
            context.RequestAborted);
        blocks.Set(block);
        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, writer => Write(writer, block));
    }

    public async Task ListAsync(HttpContext context)
    {
        var page = Paging.Read(context.Request.Query, static id => BlockSubject.TryParse(id, out _));
        var list = await store.ListAsync(page.After, page.Limit + 1, context.RequestAborted);
        await page.WriteAsync(context, list, block => block.Subject.BlockId, Write);
    }

    public Task DeleteAsync(HttpContext context) => DeleteAsync(context, context.Request.RouteValues["id"] as string);

    /// <summary>As <see cref="DeleteAsync(HttpContext)"/>, with the id in <c>?id=</c>.</summary>
    public Task DeleteByQueryAsync(HttpContext context) => context.Request.Query.TryGetValue("id", out var id)
        ? DeleteAsync(context, id)
        : throw RequestFields.Invalid("id", "is missing; name the block");

    private async Task DeleteAsync(HttpContext context, string? id)
    {
        if (!BlockSubject.TryParse(id, out var subject))
        {
            throw new GatewayException(GatewayErrors.NotFound);
        }

        // The table first: its failure leaves the block as it was. One that is not stored yet is known here only.
        var wasStored = await store.DeleteAsync(subject, context.RequestAborted);
        var wasHere = blocks.Remove(subject);
        context.Response.StatusCode = wasStored || wasHere ? StatusCodes.Status204NoContent : throw new GatewayException(GatewayErrors.NotFound);
    }

    private async Task<BlockSubject> FindSubjectAsync(BlockRequest request, CancellationToken cancellationToken)
    {
        if (request.Address is { } address)
        {
            return BlockSubject.OfAddress(addresses.HashOf(address));
        }

        var id = request.ClientId!;
        return ClientId.IsOfToken(id) || (ClientId.IsWellFormed(id) && await clients.FindAsync(id, cancellationToken) is not null)
            ? (request.EndUser is { } endUser ? senders.SubjectOf(id, endUser) : BlockSubject.OfClient(id))
            : throw new GatewayException(GatewayErrors.NotFound);
    }

    private static void Write(Utf8JsonWriter writer, Block block)
    {
        var subject = block.Subject;
        writer.WriteStartObject();
        writer.WriteString("id"u8, subject.BlockId);
        writer.WriteString("type"u8, subject.KindName);
        writer.WriteString("client_id"u8, subject.ClientId);
        writer.WriteString("address_hash"u8, subject.Kind == BlockSubjectKind.Address ? subject.Address.ToString() : null);
        writer.WriteString("end_user_hash"u8, subject.Kind == BlockSubjectKind.EndUser ? subject.EndUser.ToString() : null);
        writer.WriteString("created_at"u8, block.CreatedAt);
        writer.WriteString("expires_at"u8, block.ExpiresAt);
        writer.WriteString("reason"u8, block.Reason);
        writer.WriteNumber("count"u8, block.Count);
        writer.WriteEndObject();
    }
}
