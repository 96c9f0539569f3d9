/** The API reference: Swagger UI over the OpenAPI document of this server. It loads nothing from anywhere else. */
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import './reference.css';
import { basePath } from '../lib/basePath.ts';

SwaggerUI({
  url: `${basePath()}api/v1/openapi.json`,
  dom_id: '#root',
  deepLinking: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  // Its default asks a host of its maker whether the document is valid.
  validatorUrl: null,
});
