using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Management of temporary blocks.</summary>
/// <remarks>
/// The host refuses a function that shares its route and one of its methods with another, so of the functions on one route
/// only the first takes <c>options</c>: preflights reach the pipeline through that one.
/// </remarks>
public static class BlockFunctions
{
    /// <summary>Blocks a client or an address.</summary>
    [Function("CreateBlock")]
    public static Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "manage/blocks")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Lists the blocks in force.</summary>
    [Function("ListBlocks")]
    public static Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/blocks")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Lifts the block that the query names.</summary>
    [Function("DeleteBlockById")]
    public static Task<IResult> DeleteByIdAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "manage/blocks")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Lifts a block.</summary>
    [Function("DeleteBlock")]
    public static Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", "options", Route = "manage/blocks/{id}")] HttpRequest request) =>
        request.RunOperationAsync();
}
