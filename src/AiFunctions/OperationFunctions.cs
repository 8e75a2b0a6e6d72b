using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>The HTTP functions: each operation of the client API has one of its own, by which Azure's views name it, and one takes the rest.</summary>
/// <remarks>
/// What a function's trigger leaves out, such as another method on its route, comes to <see cref="AnswerRestAsync"/>. All of them answer
/// alike: <see cref="GatewayBridge"/> finds the operation.
/// </remarks>
public static class OperationFunctions
{
    /// <summary>Answers whether requests can be served.</summary>
    [Function("Health")]
    public static Task<IResult> CheckHealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request) => request.AnswerAsync();

    /// <summary>Completes a chat, streamed or whole.</summary>
    [Function("ChatCompletions")]
    public static Task<IResult> CompleteChatAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest request) => request.AnswerAsync();

    /// <summary>Embeds texts.</summary>
    [Function("Embeddings")]
    public static Task<IResult> EmbedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/embeddings")] HttpRequest request) => request.AnswerAsync();

    /// <summary>Lists the models that a client may use.</summary>
    [Function("ListModels")]
    public static Task<IResult> ListModelsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models")] HttpRequest request) => request.AnswerAsync();

    /// <summary>Describes a model. Its id may hold slashes.</summary>
    [Function("GetModel")]
    public static Task<IResult> GetModelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models/{*id}")] HttpRequest request) => request.AnswerAsync();

    /// <summary>Tells the calling client its windows.</summary>
    [Function("GetUsage")]
    public static Task<IResult> GetUsageAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/usage")] HttpRequest request) => request.AnswerAsync();

    /// <summary>Gives the key that the request came with its successor.</summary>
    [Function("RotateOwnKey")]
    public static Task<IResult> RotateOwnKeyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/keys/rotate")] HttpRequest request) => request.AnswerAsync();

    /// <summary>Answers the management API, and whatever no other function takes.</summary>
    /// <remarks>
    /// It lists no methods, so it takes all. The host asks functions in turn and this one would swallow the routes of those after it: it
    /// stands last, so that it is last in the built <c>functions.metadata</c>, and so does its name, since versions of the host sort by it.
    /// </remarks>
    [Function("Wildcard")]
    public static Task<IResult> AnswerRestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request) => request.AnswerAsync();
}
