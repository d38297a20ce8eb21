/** The gateway: operations with credentials that the caller does not have (docs/gateway.md). */
export { Gateway, type GatewaySettings } from './gateway.ts'
export { authenticateOperator, authenticateProgram } from './guard.ts'
export { getLoginPage, logIn, logOut } from './login.ts'
export { callByPage, getProfiles } from './reference.ts'
export { callTool, listTools } from './tools.ts'
