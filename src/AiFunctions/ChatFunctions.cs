using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Chat completions.</summary>
public static class ChatFunctions
{
    /// <summary>Completes a chat, streamed or whole.</summary>
    [Function("ChatCompletions")]
    public static Task<IResult> CompleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "v1/chat/completions")] HttpRequest request) =>
        request.RunOperationAsync();
}
