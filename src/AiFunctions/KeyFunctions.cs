using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Clients' keys.</summary>
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

    /// <summary>Lists what happened to a client's keys.</summary>
    [Function("ListKeyEvents")]
    public static Task<IResult> ListEventsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "manage/clients/{id}/keys/events")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Gives a key its successor.</summary>
    [Function("RotateKey")]
    public static Task<IResult> RotateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "manage/clients/{id}/keys/{keyId}/rotate")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Gives the key that the request came with its successor.</summary>
    [Function("RotateOwnKey")]
    public static Task<IResult> RotateOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "v1/keys/rotate")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Revokes a key.</summary>
    [Function("RevokeKey")]
    public static Task<IResult> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", "options", Route = "manage/clients/{id}/keys/{keyId}")] HttpRequest request) =>
        request.RunOperationAsync();
}
