using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>The models that a client may use.</summary>
public static class ModelFunctions
{
    /// <summary>Lists them.</summary>
    [Function("ListModels")]
    public static Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "v1/models")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Describes one.</summary>
    [Function("GetModel")]
    public static Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "v1/models/{id}")] HttpRequest request) =>
        request.RunOperationAsync();
}
