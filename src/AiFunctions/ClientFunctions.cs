using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Management of clients.</summary>
/// <remarks>
/// The host refuses a function that shares its route and one of its methods with another, so of the functions on one route
/// only the first takes <c>options</c>: preflights reach the pipeline through that one.
/// </remarks>
public static class ClientFunctions
{
    /// <summary>Creates a client.</summary>
    [Function("CreateClient")]
    public static Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "manage/clients")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Lists the clients.</summary>
    [Function("ListClients")]
    public static Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "manage/clients")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Describes a client.</summary>
    [Function("GetClient")]
    public static Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "manage/clients/{id}")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Changes a client.</summary>
    [Function("UpdateClient")]
    public static Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "manage/clients/{id}")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Deletes a client.</summary>
    [Function("DeleteClient")]
    public static Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "manage/clients/{id}")] HttpRequest request) =>
        request.RunOperationAsync();
}
