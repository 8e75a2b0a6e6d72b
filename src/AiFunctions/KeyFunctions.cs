using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Management of clients' keys.</summary>
/// <remarks>
/// The host refuses a function that shares its route and one of its methods with another, so of the functions on one route
/// only the first takes <c>options</c>: preflights reach the pipeline through that one.
/// </remarks>
public static class KeyFunctions
{
    /// <summary>Issues a key.</summary>
    [Function("IssueKey")]
    public static Task<IResult> IssueAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "manage/clients/{id}/keys")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Lists a client's keys.</summary>
    [Function("ListKeys")]
    public static Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/clients/{id}/keys")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Revokes a key.</summary>
    [Function("RevokeKey")]
    public static Task<IResult> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", "options", Route = "manage/clients/{id}/keys/{keyId}")] HttpRequest request) =>
        request.RunOperationAsync();
}
